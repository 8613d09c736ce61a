"""Countries as people call them."""

from __future__ import annotations

from functools import cache

from babel import Locale

from services.customers.countries import COUNTRIES


@cache
def country_name(code: str) -> str:
    """The country's English name, or its two letters where it has none: "AU" is "Australia"."""
    return str(Locale("en").territories.get(code, code))


@cache
def countries() -> tuple[str, ...]:
    """Every country's two letters, in the order of their names; home first."""
    return tuple(sorted(COUNTRIES, key=lambda code: (code != "AU", country_name(code))))

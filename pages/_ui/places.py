"""Countries as people call them."""

from __future__ import annotations

from functools import cache

from services.customers.countries import COUNTRIES, country_name

__all__ = ["countries", "country_name"]


@cache
def countries() -> tuple[str, ...]:
    """Every country's two letters, in the order of their names; home first."""
    return tuple(sorted(COUNTRIES, key=lambda code: (code != "AU", country_name(code))))

"""What a saved view may hold: the known filters of one screen with their values, and never anything else.

A view is a name for an address inside the dashboard. So it keeps ids, dates and filter values only, each checked
against the parameters its screen knows; a value that could be an address or markup is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused
from services.texts import text_fault

SAVE_VIEWS = Permission("views.save", "save views of lists", EVERYONE)
SHARE_VIEWS = Permission("views.share", "share a view with everybody", frozenset({Role.ACCOUNTING, Role.MANAGER}))

PERIOD = "period"
LONGEST_NAME = 60
MOST_VALUES = 40
MOST_VIEWS = 50  # a person and screen: more could not be told apart in a menu

# The screens that offer views, by their address, and the filters each keeps there; the page of a list is not one.
SCREENS: dict[str, frozenset[str]] = {
    "transactions": frozenset({
        PERIOD, "transactions_customer", "transactions_class", "transactions_kind", "transactions_currency",
        "transactions_direction", "transactions_least", "transactions_most", "transactions_words", "transactions_by",
        "transactions_reversals",
    }),
    "usage": frozenset({
        PERIOD, "usage_view", "usage_customer", "usage_sub", "usage_product", "usage_country", "usage_currency",
        "usage_against", "usage_on", "usage_chart", "usage_measure",
    }),
    "numbers": frozenset({PERIOD, "numbers_q", "numbers_status"}),
    "customers": frozenset({"q", "customers_country", "customers_currency", "customers_balance", "customers_order"}),
    "invoice-requests": frozenset({
        PERIOD, "requests_q", "requests_status", "requests_owner", "requests_currency",
    }),
    "aged-receivables": frozenset({"aged_q", "aged_as_of", "aged_currency", "aged_overdue"}),
    "dunning": frozenset({"dunning_q", "dunning_need", "dunning_currency"}),
    "mail-room": frozenset({PERIOD, "mail_q", "mail_state", "mail_kind", "mail_customer"}),
    "invoices": frozenset({PERIOD, "invoices_q", "invoices_status", "invoices_currency", "invoices_always"}),
}  # fmt: skip

_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*://|^\s*//|^\s*(javascript|data|vbscript)\s*:|[<>\\]", re.IGNORECASE)

Values = Mapping[str, Sequence[str]]


class NotAView(Refused):
    """What was to be saved is not a list of known filters with plain values."""


class NameTaken(Refused):
    """The person has a view of that name on that screen."""


class TooManyViews(Refused):
    """The person has as many views of that screen as can be told apart."""


class NotYours(Refused):
    """A view is changed by who saved it."""


class NoSuchView(NotFound):
    """The view was deleted, or never was."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named set of filters of one screen, as its address carries them; `mine` for who asked."""

    id: int
    screen: str
    name: str
    values: Values
    shared: bool
    owner: str
    mine: bool


def checked(screen: str, values: Values) -> list[tuple[str, str]]:
    """The filters as pairs by name, without the empty ones; the same filters give the same pairs.

    Raises `NotAView` for a screen or a parameter nobody knows, and for a value that is too long, unprintable, markup
    or an address.
    """
    known = SCREENS.get(screen)
    if known is None:
        raise NotAView(f"No list is called “{screen}”; open a list and save its view there.")
    pairs = [(name, value) for name in sorted(values) for value in values[name] if value]
    for name, value in pairs:
        if name not in known:
            raise NotAView(f"The list has no filter “{name}”; clear it from the address and save again.")
        if text_fault(value) or _OUTSIDE.search(value):
            raise NotAView("A filter holds something that is no plain value; clear it and save again.")
    if len(pairs) > MOST_VALUES:
        raise NotAView(f"The view holds {len(pairs)} values; choose at most {MOST_VALUES}.")
    return pairs


def name_fault(name: str) -> str | None:
    """The sentence that says what is wrong with a view's name, or None."""
    if not name.strip():
        return "Give the view a name."
    return text_fault(name.strip(), longest=LONGEST_NAME)


def key_of(name: str) -> str:
    """Two names that read alike are one: "Large refunds" and "large  refunds"."""
    return " ".join(name.split()).casefold()

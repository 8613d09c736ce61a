"""What usage is narrowed by and compared with, in the address bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import streamlit as st

from pages._ui import cached, choosing, filters, text
from pages._ui.places import country_name
from services.customers.model import Customer
from services.periods import Period
from services.usage import queries as usage
from services.usage.model import Product

LABELS = {product.value: product.label for product in Product}
ITSELF = "The account itself"
_LAST_YEAR = "Same period last year"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person looks at, and the part of the period that is over with the days it is compared with.

    `prefix` begins the key of every filter and list of the screen; `fixed` on the customer's own screen.
    """

    prefix: str
    period: Period
    over: Period
    against: Period
    customer: Customer | None = None
    product: Product | None = None
    country: str | None = None
    currency: str | None = None
    sub_account: str | None = None
    fixed: bool = False

    def key(self, name: str) -> str:
        """The key of one filter or list of this screen."""
        return f"{self.prefix}_{name}"

    @property
    def asked(self) -> dict[str, Any]:
        """The filters as the queries of usage take them, without the period."""
        return {
            "customer_id": self.customer.id if self.customer else None,
            "product": self.product,
            "country": self.country,
            "currency": self.currency,
            "sub_account": self.sub_account,
        }

    def asked_but(self, *left_out: str) -> dict[str, Any]:
        """The filters without some of them."""
        return {name: value for name, value in self.asked.items() if name not in left_out}

    @property
    def words(self) -> dict[str, Any]:
        """The filters as an export names them."""
        return {
            "period": f"{self.period.starts_on} to {self.period.last_day}",
            "customer": self.customer.name if self.customer else None,
            "sub_account": ITSELF if self.sub_account == "" else self.sub_account,
            "product": self.product.label if self.product else None,
            "country": country_name(self.country) if self.country else None,
            "in_currency": self.currency,
        }


def choose(prefix: str, *, fixed: Customer | None = None, days: Period | None = None) -> Chosen:
    """Draw the filters and say what was chosen; a customer's own screen fixes its customer, currency and days."""
    period = days or filters.chosen_period()
    with filters.row():
        customer = fixed or choosing.customer_filter(f"{prefix}_customer", width=225)
        sub_account = _sub_account(f"{prefix}_sub", customer) if customer else None
        product = filters.one_of("Product", list(LABELS), key=f"{prefix}_product", shown=_label, width=150)
        codes = cached.read(usage.countries)
        country = filters.one_of("To", codes, key=f"{prefix}_country", shown=country_name, width=140)
        own = fixed.currency if fixed else None
        currency = own or filters.one_of("Currency", choosing.currencies(), key=f"{prefix}_currency", width=95)
        words = [_LAST_YEAR]
        last_year = filters.one_of(
            "Compare with", words, key=f"{prefix}_against", everything="Period before", width=185
        )
    through = cached.read(usage.complete_through)
    over, against = compared(period, through=min(through or text.today(), text.today()), last_year=bool(last_year))
    of_product = Product(product) if product else None
    return Chosen(prefix, period, over, against, customer, of_product, country, currency, sub_account, bool(fixed))


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _sub_account(key: str, customer: Customer) -> str | None:
    """One of the customer's sub-accounts; nothing to choose where it has none."""
    names = cached.read(usage.sub_accounts, customer_id=customer.id)
    if not names:
        return None
    return filters.one_of(
        "Sub-account", ["", *names], key=key, everything="All sub-accounts", shown=named_sub, width=160
    )


def named_sub(name: str) -> str:
    """A sub-account as a screen names it."""
    return name or ITSELF


def compared(period: Period, *, through: date, last_year: bool) -> tuple[Period, Period]:
    """What of a period is over, and as many days of the period before, or of the same one a year ago.

    Half a month is not compared with a whole one: usage complete through the 12th is set against twelve days.
    """
    whole = period.a_year_before() if last_year else period.before()
    end = through + timedelta(days=1)
    if not period.starts_on < end < period.ends_before:
        return period, whole
    over = Period(period.starts_on, end)
    return over, Period(whole.starts_on, min(whole.starts_on + timedelta(days=over.days), whole.ends_before))


def set_to(**values: Any) -> None:
    """Inside a callback: set filters that are drawn by their keys before they are drawn again."""
    for key, value in values.items():
        st.session_state[key] = value


def open_with(key: str, value: Any, *, written: str) -> None:
    """Inside a callback: set a filter that is not drawn yet; Streamlit then leaves its address (`written`) to us."""
    st.query_params[key] = written
    st.session_state[key] = value


def to_product(chosen: Chosen) -> Callable[[Any], None]:
    """What picking a product in a list does: narrow to it, or let go of it at the total."""
    return partial(_pick_product, chosen.key("product"))


def _pick_product(key: str, row: Any) -> None:
    set_to(**{key: next((name for name, label in LABELS.items() if label == row["product"]), filters.ALL)})

"""The figures at the head of a customer's screen, and why the credit is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from pages._ui import cards, charts, menu, tables, text
from pages._ui.frame import read
from services.customers.model import Customer
from services.ledger import queries as ledger
from services.ledger.model import Account, Explanation, Kind, Purpose
from services.money import MICROS, Money
from services.periods import Period

RECENT = 30  # days whose use says how long the credit lasts
_TREND = 60


@dataclass(frozen=True, slots=True)
class Recent:
    """The credit of the last sixty days and what was used a day in the last thirty, in micros."""

    trend: tuple[int, ...]
    daily_use: int

    def days_left(self, credit: Money) -> int | None:
        """How many days the credit lasts at recent use; None while nothing is used."""
        return max(0, credit.micros) // self.daily_use if self.daily_use > 0 else None


def is_use(kind: str) -> bool:
    """Whether a class of movement is what credit is for: sending, number rental or a fee."""
    return Kind(kind).is_use


def recent(customer: Customer, today: date) -> Recent:
    """What the last days say."""
    days = Period(today - timedelta(days=_TREND - 1), today + timedelta(days=1))
    line = read(ledger.daily_credit, customer_id=customer.id, currency=customer.currency, period=days)
    month = Period(today - timedelta(days=RECENT - 1), today + timedelta(days=1))
    moved = read(ledger.totals_by_kind, period=month, customer_id=customer.id, currency=customer.currency)
    used = -sum(int(micros) for kind, micros in zip(moved["kind"], moved["micros"], strict=True) if is_use(kind))
    return Recent(tuple(int(micros) for micros in line["micros"]), used // RECENT)


def draw(customer: Customer, explained: Explanation, period: Period) -> None:
    """Five cards: credit now, on a past day, how long it lasts, what was bought and what was used."""
    today = text.today()
    credit = read(ledger.credit_balance, customer_id=customer.id, currency=customer.currency)
    found = recent(customer, today)
    a_week_ago = Money(found.trend[-8], customer.currency)
    places = st.columns([5, 4, 4, 4, 4])
    with places[0]:
        cards.money("Credit balance", credit, before=a_week_ago, against="in 7 days", trend=found.trend)
    with places[1]:
        _on_a_day(customer, today)
    with places[2]:
        _lasts(customer, found, credit, today)
    bought = sum(each.money.micros for each in explained.lines if not is_use(each.kind.value))
    used = -sum(each.money.micros for each in explained.lines if is_use(each.kind.value))
    for place, label, micros in ((places[3], "Bought", bought), (places[4], "Used", used)):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"{label}, {customer.currency}", micros / MICROS, format="accounting")
            st.caption(f"in {text.period(period)}")


def _on_a_day(customer: Customer, today: date) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        place = st.empty()
        day: date | None = st.date_input(
            "Balance on", None, key="customer_on", bind="query-params", format="DD/MM/YYYY", max_value=today,
            label_visibility="collapsed", help="Choose a past day",
        )  # fmt: skip
        chosen = day or today.replace(day=1) - timedelta(days=1)
        account = Account(Purpose.CREDIT, customer.currency, customer.id)
        balance, _ = read(ledger.balance_on, of=account, day=chosen)
        place.metric(f"On {text.day(chosen)}", -balance.micros / MICROS, format="accounting")


def _lasts(customer: Customer, found: Recent, credit: Money, today: date) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        left = found.days_left(credit)
        st.metric("Days of credit left", left, format="localized")
        if left is None:
            st.caption(f"nothing used in {RECENT} days")
        else:
            daily = text.money(Money(found.daily_use, customer.currency))
            until = f"until {text.day(today + timedelta(days=left))}" if left else "used up"
            st.caption(f"{until}, at {daily} a day")


def explain(customer: Customer, explained: Explanation, period: Period) -> None:
    """The waterfall from opening to closing, and its numbers with the way to the rows behind each."""
    left, right = st.columns([4, 3], gap="small")
    with left, st.container(border=True, height="stretch"):
        st.subheader(text.period(period), anchor=False)
        steps = [
            (each.kind.label.replace("Bank-transfer top-up", "Bank"), each.money.micros) for each in explained.lines
        ]
        figure = charts.waterfall(explained.opening.micros, steps, explained.closing.micros, currency=customer.currency)
        charts.draw(figure, alt=f"What moved the credit in {text.period(period)}", key="customer_waterfall")
        _difference(explained)
    with right, st.container(border=True, height="stretch"):
        st.subheader("What moved it", anchor=False)
        _moved(customer, explained)


def _difference(explained: Explanation) -> None:
    shown = text.money(explained.difference)
    if explained.difference:
        st.error(f"Difference {shown}: the books do not explain this balance; see Integrity.", icon=":material/error:")
    else:
        st.caption(f":material/check_circle: Difference {shown}: opening and movements make the closing balance.")


def _moved(customer: Customer, explained: Explanation) -> None:
    amount = f"Amount, {customer.currency}"
    rows: list[tuple[str, int | None, int, str]] = [("Opening balance", None, explained.opening.micros, "")]
    rows += [(each.kind.label, each.rows, each.money.micros, each.kind.label) for each in explained.lines]
    rows += [("Closing balance", None, explained.closing.micros, "")]
    frame = pd.DataFrame(rows, columns=["movement", "rows", "micros", "kind"]).astype({"rows": "Int64"})
    columns = {
        "movement": tables.words("Movement", width=135),
        "rows": tables.number("Rows", width=50),
        "amount_micros": tables.money(amount, width=100),
    }
    shown = frame.assign(amount_micros=frame["micros"])
    row = tables.pick(shown, columns, alt="What moved the balance", key="customer_moved", height="content")
    if row is not None and row["kind"]:
        parameters = {"transactions_customer": customer.account_id, "transactions_kind": str(row["kind"])}
        st.switch_page(str(menu.PAGES / "activity/transactions.py"), query_params=_with_period(parameters))
    st.caption("Pick a movement to see its rows.")


def _with_period(parameters: dict[str, str]) -> dict[str, str]:
    chosen = st.query_params.get("period")
    return parameters | ({"period": chosen} if chosen else {})

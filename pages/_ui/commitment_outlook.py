"""The outlook of a commitment in its drawer: the burn-up with its band, and for managers what would be if."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import burn_ups, cached, charts, text
from pages._ui.forms import Form
from pages._ui.frame import plain
from services.money import Money
from services.postpaid.model import Commitment
from services.postpaid.outlook import History, Outlook, back_test, curve, outlook
from services.postpaid.standing import history as history_of
from services.reporting.commitment_report import back_test_words

LEAST, MOST, STEP = -50, 100, 5  # per cent of the expected daily use


def history(found: Commitment) -> History:
    """What outlooks rest on, read once however often the slider moves."""
    return cached.until_posted(history_of, found=found, today=text.today())


def burn_up(told: Outlook, found: Commitment) -> None:
    """Plan, use and what is expected to the end of the term, as a figure and as a table of months."""
    drawn = curve(told, today=text.today())
    lines = {"Plan": drawn.plan, "Used": drawn.used, "Expected": drawn.expected}
    figure = burn_ups.burn_up(lines, drawn.band, currency=found.currency)
    charts.draw(figure, alt="Plan, use and forecast of the term", twin=lambda: months(told, found), key="burn_up")


def months(told: Outlook, found: Commitment) -> pd.DataFrame:
    """The figure as a table: each month and the sums since the start."""
    code = found.currency

    def amount(micros: int | None) -> str:
        return "" if micros is None else text.amount(Money(micros, code).rounded())

    rows = [
        (
            f"{each.due.month:%B %Y}", amount(each.plan), amount(each.used), amount(each.expected), amount(each.low),
            amount(each.high), text.amount(each.true_up.rounded()),
        )
        for each in told.months
    ]  # fmt: skip
    names = ["Month", "Plan since the start", "Used", "Expected", "At least", "At most", "True-up"]
    return pd.DataFrame(rows, columns=names)


def method(found: Commitment) -> None:
    """How the forecast is made, and how it did on this customer's own months."""
    tested = back_test(history(found).daily, today=text.today())
    st.caption(
        "Forecast: each weekday as in the last twelve weeks, at this month’s level; the band from how much whole weeks "
        f"differed. {plain(back_test_words(tested, found.currency))}"
    )


def what_if(found: Commitment) -> bool:
    """A manager moves the daily use or the minimum and sees what would come out; nothing is kept, nobody is told."""
    st.caption("What if? Nothing here is kept or billed; the same forecast is worked out with other figures.")
    form = Form(f"what_if_{found.id}")
    percent = st.slider(
        "Daily use from today on, against what is expected",
        LEAST,
        MOST,
        0,
        STEP,
        format="%+d %%",
        key=f"what_if_use_{found.id}",
    )
    typed = st.text_input(
        f"Monthly minimum of the months not billed yet, {found.currency}",
        found.contract.now.minimum.plain(),
        key=f"what_if_minimum_{found.id}",
    )
    minimum = form.money("minimum", typed, found.currency)
    if minimum is None:
        return False
    if minimum.micros <= 0:
        form.complain({"minimum": "A minimum is more than nothing; type an amount."})
        return False
    seen = history(found)
    _compared(outlook(seen), outlook(seen, percent=100 + int(percent), minimum=minimum), found)
    return False


def _compared(now: Outlook, then: Outlook, found: Commitment) -> None:
    """Both outlooks beside each other, the change under each figure."""
    code = found.currency
    rows = [
        ("Month, total", _month(now, code), _month(then, code)),
        ("Month, shortfall", now.shortfall, then.shortfall),
        ("Term, use", now.expected, then.expected),
        ("True-ups to come", now.to_come, then.to_come),
    ]
    for place, (label, before, after) in zip(st.columns(len(rows)), rows, strict=True):
        change = (after - before).rounded()
        with place:
            st.metric(label, text.amount(after.rounded()), text.amount(change) if change else None, delta_color="off")
    st.caption(f"Amounts in {code}; the change is against the outlook as it is.")
    burn_up(then, found)


def _month(told: Outlook, code: str) -> Money:
    return Money(told.running.total.expected if told.running else 0, code)

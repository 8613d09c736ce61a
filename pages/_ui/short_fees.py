"""What banks usually keep, by country, bank and currency with its spread, and what to send so that all arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, tables, text
from pages._ui.frame import complain, empty, plain
from pages._ui.places import country_name
from services.frames import typed
from services.invoices.gross_up import ExpectedFee
from services.money import Money, NotAnAmount
from services.payments.short import queries
from services.payments.short.banks import bank_name
from services.payments.short.judging import usual_words
from services.payments.short.model import UsualFee

_COLUMNS: dict[str, Any] = {
    "place": tables.words("Country", width=120),
    "bank": tables.words("Payer’s bank", width=105),
    "currency": tables.words("Currency", width=65),
    "seen": tables.number("Payments", width=75),
    "least_micros": tables.money("Least", width=75),
    "low_micros": tables.money("Lower quartile", width=105),
    "middle_micros": tables.money("Median", width=75),
    "high_micros": tables.money("Upper quartile", width=105),
    "most_micros": tables.money("Most", width=75),
}


def whose(usual: UsualFee) -> str:
    """Whose payments were seen, as `payers_of` says."""
    return payers_of(usual.country, usual.bank)


def payers_of(country: str, bank: str) -> str:
    """The payers of a country, or of one bank of it: "New Zealand, ASB"."""
    place = country_name(country)
    return f"{place}, {bank_name(country, bank)}" if bank else place


def section() -> None:
    """The table and under it the calculator; both say how many payments they rest on."""
    found = cached.until_posted(queries.usual_fees)
    if not found:
        empty("No payment was settled short by a bank fee yet.", "What banks keep is learned from those that are.")
        return
    rows = [
        (
            country_name(each.country), bank_name(each.country, each.bank) or "All banks", each.currency, each.seen,
            each.least.micros, each.low.micros, each.middle.micros, each.high.micros, each.most.micros,
        )
        for each in found
    ]  # fmt: skip
    money = dict.fromkeys((name for name in _COLUMNS if name.endswith("_micros")), "Int64")
    frame = typed(pd.DataFrame(rows, columns=list(_COLUMNS)), money)
    tables.show(frame, _COLUMNS, alt="What banks usually keep", key="short_fees", height="content")
    _calculator(found)


def _calculator(found: Sequence[UsualFee]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        places = list(range(len(found)))
        chosen = st.selectbox(
            "From", places, key="short_from", width=330,
            format_func=lambda place: f"{whose(found[place])}, {found[place].currency}",
        )  # fmt: skip
        usual = found[chosen or 0]
        wanted = st.text_input(f"To net, {usual.currency}", "500.00", key="short_net", width=160)
    try:
        net = Money.parse(wanted or "", usual.currency)
    except NotAnAmount as error:
        complain(plain(str(error)))
        return
    if net.micros <= 0:
        complain("Enter an amount above zero.")
        return
    fee = ExpectedFee(usual.middle, usual.seen, usual.country)
    said = f"To net **{text.money(net)}** from {plain(whose(usual))}, send **{text.money(fee.gross_up(net))}**"
    if usual.high > usual.middle:  # else the same amount would be named twice
        said += f"; with {text.money(net + usual.high)} it arrives whole three times in four"
    st.markdown(f"{said}.")
    words = usual_words(usual)
    st.caption(f"{words[:1].upper()}{words[1:]}.")

"""Exchange rates: at which the minimums are judged and the books kept in AUD, how old they are, and newer ones."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import cached, state, tables, text
from pages._ui.frame import OPEN, act, open_screen, plain, read
from services.pricing import operations, queries
from services.pricing.model import (
    IMPORT_RATES,
    STALE_AFTER_DAYS,
    BankTransferMinimum,
    Currency,
    RatesImported,
)


def row(sold: Currency, least: BankTransferMinimum | None) -> tuple[object, ...]:
    """What the table says of one currency; blank where no rate is stored."""
    limits = (sold.minimum_top_up.micros, sold.maximum_top_up.micros)
    if least is None:
        return (sold.code, *limits, None, None, None, "No rate", "")
    age = f"{text.count(least.stale_days, 'day')} old" if least.stale_days else "Of today"
    return (sold.code, *limits, least.minimum.micros, float(least.rate), least.rate_on, age, least.source)


def show_outcome(done: RatesImported) -> None:
    """What became of a file's rows; the refused ones with their line and reason."""
    state.tell(f"{text.count(done.accepted, 'new rate')}, {done.repeated} known already, {len(done.rejected)} refused.")
    state.keep_refused_rates([(each.line, each.reason) for each in done.rejected])
    cached.forget()
    st.rerun()


def import_newer() -> None:
    """Take a file of newer rates in."""
    st.subheader("Import newer rates", anchor=False)
    st.caption(
        "The European Central Bank publishes eurofxref-hist.csv every working day. A file with the columns "
        "currency, date, aud_per_unit is read too. A rate that is stored never changes."
    )
    with st.form("rates_import", border=False, clear_on_submit=True):
        file = st.file_uploader("Rates file (CSV)", type=["csv"])
        sent = st.form_submit_button("Import", type="primary", icon=":material/upload:")
    if sent and file is None:
        st.error("Choose a CSV file first.", icon=":material/error:")
    elif sent and file is not None:
        done = act(operations.import_rates, content=file.getvalue(), source=file.name)
        if done and done.result is not None:
            show_outcome(done.result)
    if refused := state.refused_rates():
        frame = pd.DataFrame(refused, columns=["Line", "Why it was refused"])
        tables.printed(frame, alt="Refused rates")


opened = open_screen(
    "Exchange rates", OPEN, answer="At which rate is a minimum judged today, and is there a newer one?"
)
found = read(queries.offers, on=text.today())
rows = pd.DataFrame(
    [row(sold, least) for sold, least in found],
    columns=["code", "minimum_micros", "maximum_micros", "transfer_micros", "rate", "rate_on", "age", "source"],
)
stale = [sold.code for sold, least in found if least and least.stale_days > STALE_AFTER_DAYS]
if stale:
    said = f"Older than {text.count(STALE_AFTER_DAYS, 'day')}: the rates of {', '.join(stale)}. Import newer ones."
    st.warning(said, icon=":material/schedule:")
tables.show(
    rows,
    {
        "code": tables.words("Currency"),
        "minimum_micros": tables.money("Least top-up"),
        "maximum_micros": tables.money("Largest top-up"),
        "transfer_micros": tables.money("Least bank transfer"),
        "rate": st.column_config.NumberColumn("AUD for one", format="%.6f"),
        "rate_on": tables.day("Rate of"),
        "age": tables.words("Age"),
        "source": tables.words("Source"),
    },
    alt="Currencies with their limits and today's exchange rate",
    key="rates",
)
st.caption(plain("The least bank transfer is 200.00 AUD at this rate, rounded up to the currency's smallest coin."))
if opened.by.may(IMPORT_RATES):
    import_newer()

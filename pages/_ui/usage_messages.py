"""Usage message by message: recipients masked, a picked one in a drawer with its entry, in full only with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, drawer, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import attempt, empty, me, plain, read
from pages._ui.places import country_name
from pages._ui.usage_filters import LABELS, Chosen, named_sub
from services.access.model import Principal
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable
from services.usage import queries as usage
from services.usage.operations import reveal_recipient
from services.usage.records import REVEAL_RECIPIENT

MOST_EXPORTED = 100_000  # messages in one file
_EXPORTED = {
    "sent": Column("Sent at"),
    "day": Column("Day", ColumnKind.DAY),
    "customer": Column("Customer"),
    "sub_name": Column("Sub-account"),
    "product_name": Column("Product"),
    "direction": Column("Direction"),
    "country": Column("To"),
    "quantity": Column("Messages", ColumnKind.COUNT),
    "parts": Column("Parts", ColumnKind.COUNT),
    "unit_price_micros": Column("Unit price", ColumnKind.MONEY, places=4, totalled=False),
    "price_micros": Column("Price", ColumnKind.MONEY, places=4),
    "carrier_fee_micros": Column("Carrier fee", ColumnKind.MONEY, places=4),
    "currency": Column("Currency"),
    "status": Column("Status"),
    "own_number": Column("Own number"),
    "recipient": Column("Recipient"),
    "external_id": Column("Id"),
}


def listed(by: Principal, chosen: Chosen) -> Callable[[], ExportTable] | None:
    """Single messages, newest day first, one customer's newest first; gives what exports them."""
    period = _days(chosen)
    page = tables.page_number(chosen.key("messages_page"))
    found = read(usage.records_page, period=period, **chosen.asked, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty(
            f"No single message of {text.period(period)} that fits is kept; usage posted by the day has none.",
            "Clear a filter, or see Posted rows.",
        )
        return None
    frame = shown(found.rows)
    columns = _columns(chosen, set(frame["currency"]), split=any(frame["sub_account"]))
    row = drawer.picked(frame, columns, key=chosen.key("messages"), alt="Messages")
    if row is not None:
        _open(row, key=chosen.key("messages"))
    tables.pager(chosen.key("messages_page"), total=found.total, page=page, noun="message record")
    if found.total > MOST_EXPORTED:
        st.caption(f"A file holds at most {MOST_EXPORTED:,} records: narrow the list to export it.")
        return None

    def build() -> ExportTable:
        every = read(usage.records_page, period=period, **chosen.asked, size=MOST_EXPORTED)
        words = chosen.words | {"period": f"{period.starts_on} to {period.last_day}"}
        return downloads.table_of("Messages", shown(every.rows), _EXPORTED, by=by, **words)

    return build


def _days(chosen: Chosen) -> Period:
    """The one day that is chosen, or the whole period; a day of another period counts for nothing."""
    on = st.date_input(
        "Day", None, key=chosen.key("on"), bind="query-params", format="DD/MM/YYYY", width=190,
        help="Leave it empty for the whole period.",
    )  # fmt: skip
    if not on:
        return chosen.period
    if on not in chosen.period:
        st.caption(f"{text.day(on)} lies outside {text.period(chosen.period)}: all of that is shown.")
        return chosen.period
    return Period(on, on + timedelta(days=1))


def _columns(chosen: Chosen, codes: set[str], *, split: bool) -> dict[str, Any]:
    """The columns that say something of these rows; `split`: some of them are of a sub-account."""
    columns: dict[str, Any] = {"sent_at": tables.moment("Sent", width=130)}
    if not chosen.customer:
        columns["customer"] = tables.words("Customer", width=112)
    if chosen.sub_account is None and split:
        columns["sub_account"] = tables.words("Sub-account", width=80)
    if not chosen.product:
        columns["product_name"] = tables.words("Product", width=65 if split else 135)
    columns |= {
        "direction": tables.words("Way", width=40),
        "recipient": tables.words("Recipient", width=115),
        "country": tables.words("To", width=35),
        "quantity": tables.number("Messages", width=70),
        "parts": tables.number("Parts", width=45),
        "price_micros": tables.price("Price" if len(codes) > 1 else f"Price, {min(codes)}", width=80),
    }
    if len(codes) > 1:
        columns["currency"] = tables.words("Currency", width=65)
    return columns | {"status": tables.words("Status", width=80)}


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Records with the words a person reads beside their codes."""
    return rows.assign(
        product_name=[LABELS[name] for name in rows["product"]],
        country_name=[country_name(code) for code in rows["country"]],
        sub_name=[named_sub(name) for name in rows["sub_account"]],
        sent=[text.moment(each) for each in rows["sent_at"]],
    )


def _open(row: Mapping[str, Any], *, key: str) -> None:
    draw = st.dialog("Message", position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))(message)
    draw(dict(row))


def message(row: dict[str, Any]) -> None:
    """One message in the drawer: its facts, whom it went to, and the journal entry it is part of."""
    by = me()
    st.subheader(f"{plain(str(row['product_name']))}, {text.moment(row['sent_at'])}", anchor=False)
    currency = str(row["currency"])
    unit = tables.exact(row["unit_price_micros"])
    facts = {
        "Customer": f"{row['customer']} ({row['username']}), {named_sub(row['sub_account'])}",
        "Way": "received" if row["direction"] == "in" else "sent",
        "To": row["country_name"],
        "Messages": f"{int(row['quantity']):,}, {text.count(int(row['parts']), 'part')} charged",
        "Price": f"{_price(row['price_micros'], currency)}"
        + (f", {_price(unit, currency)} a unit" if unit is not None else ""),
        "Carrier fee": _price(row["carrier_fee_micros"], currency) if row["carrier_fee_micros"] else "",
        "Status": row["status"],
        "Own number": tables.exact(row["own_number"]) or "",
        "Id": row["external_id"],
        "Import": str(row["import_id"]),
        "Took effect": ""
        if row["posted_on"] in (None, row["day"])
        else f"{text.day(row['posted_on'])}: its month was closed",
    }
    st.markdown("  \n".join(f":gray[{name}] {plain(str(value))}" for name, value in facts.items() if value))
    recipient_of(by, int(row["id"]), str(row["recipient"]))
    if (entry_id := tables.exact(row["entry_id"])) is not None:
        st.divider()
        drawer.entry(int(entry_id))
    else:
        st.caption("Free of charge: no journal entry.")
        menu.link(by, drawer.CUSTOMER, "The customer", icon=":material/person:", id=str(int(row["customer_id"])))


def _price(micros: Any, currency: str) -> str:
    """A price with four decimals at least, as few as say it exactly."""
    whole = f"{Money(int(micros), currency).amount:.6f}"
    return f"{whole.removesuffix('00')} {currency}"


def recipient_of(by: Principal, record_id: int, recipient: str) -> None:
    """The recipient masked; in full only for a reason, which is audited."""
    if not recipient:
        st.caption("The file did not say whom it went to.")
        return
    st.markdown(f":gray[Recipient] {plain(recipient)}")
    if not by.may(REVEAL_RECIPIENT):
        return
    form = Form(f"reveal_{record_id}")
    with form.drawn():
        reason = form.text(
            "reason", "Why you need to see the recipient", placeholder="Ticket, or what the customer asked"
        )
        sent = st.form_submit_button("Show recipient", icon=":material/visibility:")
    if not sent:
        st.caption("Shown only here; who asked and why is kept in the audit trail.")
        return
    outcome = attempt(reveal_recipient, show=False, record_id=record_id, reason=reason)
    if outcome:
        st.success("The recipient, in full:", icon=":material/visibility:")
        st.code(outcome.result, language=None)
    else:
        form.complain(outcome.fields, outcome.sentence)

"""Movements of credit as a list: in one column what came in, in another what went out, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pages._ui import cards, downloads, drawer, sources, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.customers import queries as customers
from services.ledger import queries as ledger
from services.ledger.classes import MOVES_CREDIT, class_of
from services.ledger.finding import MovementFilter
from services.ledger.model import Kind
from services.money import Money
from services.periods import Period
from services.reporting.exports import Column, ColumnKind, ExportTable

LABELS = {kind.value: kind.label for kind in Kind}
CLASSES = {kind.value: class_of(kind).label for kind in MOVES_CREDIT}


def shown(rows: pd.DataFrame, *, with_names: bool) -> pd.DataFrame:
    """The rows with labels, amounts apart by direction, and the customers' names where asked for."""
    micros = [int(each) for each in rows["micros"]]
    undoing = zip(rows["kind"], rows["reversal_of_id"], rows["reversed_by_id"], strict=True)
    frame = rows.assign(
        movement_class=[CLASSES[kind] for kind in rows["kind"]],
        movement=[_label(*each) for each in undoing],
        origin=[sources.words_of(source) for source in rows["source"]],
        in_micros=pd.array([each if each > 0 else None for each in micros], dtype="Int64"),
        out_micros=pd.array([-each if each < 0 else None for each in micros], dtype="Int64"),
    )
    if with_names:
        ids = sorted({int(each) for each in rows["customer_id"].dropna()})
        names = read(customers.names, ids=ids) if ids else {}
        frame = frame.assign(customer=[names.get(int(each), "") for each in rows["customer_id"]])
    return frame


def _label(kind: str, reversal_of: Any, reversed_by: Any) -> str:
    """The kind, and whether it takes another movement back or was itself taken back later."""
    if tables.exact(reversal_of):
        return f"{LABELS[kind]}, taken back"
    return f"{LABELS[kind]} (later taken back)" if tables.exact(reversed_by) else LABELS[kind]


def listed(rows: pd.DataFrame, *, key: str, currency: str | None = None, with_names: bool = False) -> None:
    """The grid; a picked row opens its journal entry at the right, with the way to what caused it."""
    frame = shown(rows, with_names=with_names)
    unit = f", {currency}" if currency else ""
    columns: dict[str, Any] = {"day": tables.day("Day", width=88)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=140)
    columns |= {
        "movement_class": tables.words("Class", width=92),
        "movement": tables.words("Movement", width=147 if with_names else 150),
        "memo": tables.words("What for", width=160 if with_names else 168),
    }
    if not currency:
        columns["currency"] = tables.words("Currency", width=62)
    columns |= {"in_micros": tables.money(f"In{unit}", width=78), "out_micros": tables.money(f"Out{unit}", width=78)}
    if "balance_micros" in frame:
        columns["balance_micros"] = tables.money(f"Balance{unit}", width=100)
    columns |= {
        "origin": tables.words("From", width=90),
        "actor": tables.words("Posted by", width=110),
        "posted_at": tables.moment("Posted", width=135),
        "entry_id": tables.number("Entry", width=70),
    }
    row = drawer.picked(frame, columns, key=key, alt="Movements of credit")
    if row is not None:
        drawer.show_entry(int(row["entry_id"]), key=key)


def sums(of: Mapping[str, int]) -> None:
    """What the movements come to, a card a currency; never added across currencies."""
    for place, (code, micros) in zip(cards.row(max(4, len(of))), sorted(of.items()), strict=False):
        with place:
            cards.money("Change", Money(micros, code))


EXPORTED = {
    "day": Column("Day", ColumnKind.DAY),
    "entry_id": Column("Entry", ColumnKind.COUNT),
    "customer": Column("Customer"),
    "movement_class": Column("Class"),
    "movement": Column("Movement"),
    "memo": Column("What for"),
    "currency": Column("Currency"),
    "in_micros": Column("In", ColumnKind.MONEY),
    "out_micros": Column("Out", ColumnKind.MONEY),
    "origin": Column("From"),
    "actor": Column("Posted by"),
    "posted": Column("Posted"),
    "other": Column("Taken back"),
}
BALANCE = {"balance_micros": Column("Balance", ColumnKind.MONEY, totalled=False)}


def export(by: Principal, wanted: MovementFilter, said: Mapping[str, str]) -> ExportTable:
    """Every movement the filters leave, for a file, with control totals by currency."""
    found = read(ledger.found_movements, wanted=wanted, size=downloads.EVERY, searched=downloads.EVERY)
    frame = shown(found.rows, with_names=True)
    other = [_other(*each) for each in zip(frame["reversal_of_id"], frame["reversed_by_id"], strict=True)]
    frame = frame.assign(posted=[text.moment(each) for each in frame["posted_at"]], other=other)
    columns = EXPORTED | (BALANCE if "balance_micros" in frame else {})
    return downloads.table_of("Transactions", frame, columns, by=by, **said)


def _other(reversal_of: Any, reversed_by: Any) -> str:
    if entry := tables.exact(reversal_of):
        return f"takes back entry {entry:.0f}"
    return f"by entry {entry:.0f}" if (entry := tables.exact(reversed_by)) else ""


def nothing(period: Period) -> tuple[str, str]:
    """Why there is no movement, and what next."""
    return f"No credit moved in {text.period(period)} that fits.", "Clear the filters or choose a longer period."

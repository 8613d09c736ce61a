"""The statements in the books: the bank's own file to take again, and an import to take back."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, tables
from pages._ui.bank_calendar import STATEMENT
from pages._ui.downloads import file_name
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, plain, read
from services.banking import statements as kept
from services.banking.kept import kept_file
from services.banking.model import BankStatement
from services.company import queries as company
from services.frames import typed
from services.payments.files import undo_file
from services.reporting.exports import Column, ColumnKind, ExportTable

_EXPORTED = {
    "account": Column("Account"),
    "from": Column("From", ColumnKind.DAY),
    "to": Column("To", ColumnKind.DAY),
    "currency": Column("Currency"),
    "opening_micros": Column("Opening", ColumnKind.MONEY, totalled=False),
    "closing_micros": Column("Closing", ColumnKind.MONEY, totalled=False),
    "ties": Column("Proof"),
    "lines": Column("Lines", ColumnKind.COUNT),
    "by": Column("Imported by"),
    "file": Column("File"),
}


def statements(screen: Screen) -> None:
    """The statements in the books; a picked one can be taken back while nothing of it is matched."""
    codes = [each.code for each in read(company.bank_accounts)]
    with filters.row():
        code = filters.one_of("Account", codes, key="statements_account", everything="Every account")
        one = filters.words("Statement", key=STATEMENT, placeholder="number, from Calendar", width=210)
    page = tables.page_number("statements_page")
    chosen = int(one) if one.isdecimal() else None
    found = read(
        kept.statements, bank_account=code, statement_id=chosen, page=1 if chosen else page, limit=tables.PAGE_SIZE
    )
    if not found:
        if code or one:
            empty("No statement is like that.", "Choose every account and clear the number.")
        else:
            empty("No bank statement has been imported yet.", "Drop one above.")
        return
    with screen.acts, st.container(width="content"):
        downloads.menu("bank statements", lambda: _export(screen, code))
    row = _picked(found, alone=chosen is not None)
    if chosen is None:
        total = read(kept.count_statements, bank_account=code)
        tables.pager("statements_page", total=total, page=page, noun="statement")
    if row is None:
        st.caption("Pick a statement to take its file, or to undo its import.")
    else:
        _take(int(row["file_id"]))
        _undo(int(row["file_id"]), str(row["file"]))


def _export(screen: Screen, code: str | None) -> ExportTable:
    every = read(kept.statements, bank_account=code, limit=downloads.EVERY)
    facts = {"account": code or "every account"}
    return downloads.table_of("Bank statements", _frame(every), _EXPORTED, by=screen.by, **facts)


def _frame(found: list[BankStatement]) -> pd.DataFrame:
    rows = [
        (
            each.bank_account, each.file_name, each.starts_on, each.ends_on,
            *(None if balance is None else balance.micros for balance in (each.opening, each.closing)),
            {True: "Ties", False: "Does not tie", None: "No balances"}[each.ties], each.lines, each.imported_by,
            each.file_id, each.currency,
        )
        for each in found
    ]  # fmt: skip
    names = ["account", "file", "from", "to", "opening_micros", "closing_micros", "ties", "lines", "by", "file_id"]
    return typed(
        pd.DataFrame(rows, columns=[*names, "currency"]), {"opening_micros": "Int64", "closing_micros": "Int64"}
    )


def _picked(found: list[BankStatement], *, alone: bool) -> Any:
    """The picked row; one that was asked for by its number is picked already."""
    columns = {
        "account": tables.words("Account", width=80),
        "from": tables.day("From", width=86),
        "to": tables.day("To", width=86),
        "opening_micros": tables.money("Opening", width=85),
        "closing_micros": tables.money("Closing", width=85),
        "ties": tables.words("Proof", width=82),
        "lines": tables.number("Lines", width=50),
        "by": tables.words("Imported by", width=105),
        "file": tables.words("File", width=183),
    }
    frame = _frame(found)
    if alone:
        tables.show(frame, columns, alt="The statement", key="bank_statement_alone")
        return frame.iloc[0]
    return tables.pick(frame, columns, alt="Imported statements", key="bank_statements")


def _take(file_id: int) -> None:
    """The file as the bank made it, with the hash that says it is the very one that was imported."""
    found = read(kept_file, file_id=file_id)
    stem, _, ending = found.name.rpartition(".")
    called = file_name(stem or found.name, ending or "txt", found.content)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "The bank's file", found.content, called, on_click="ignore", icon=":material/download:",
            key=f"bank_file_taken_{file_id}",
        )  # fmt: skip
        whole = sha256(found.content).hexdigest() == found.sha256
        st.caption(f"SHA-256 `{found.sha256}`, {'as it was imported' if whole else '**not what was imported**'}.")


def _undo(file_id: int, name: str) -> None:
    form = Form(f"undo_import_{file_id}")
    with form.drawn():
        reason = form.text("reason", f"Why the import of {plain(name)} is undone")
        sent = st.form_submit_button("Undo the import", icon=":material/undo:")
    told = f"The import of {name} is undone: every posting of it is reversed."
    if sent and form.act(undo_file, told=told, file_id=file_id, reason=reason):
        cached.forget()
        st.rerun()

"""The statements in the books: the bank's own file to take again, and an import to take back."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import streamlit as st

from pages._ui import cached, tables
from pages._ui.downloads import file_name
from pages._ui.forms import Form
from pages._ui.frame import empty, plain, read
from services.banking import queries as banking
from services.banking.kept import kept_file
from services.banking.operations import undo_import


def statements() -> None:
    """The statements in the books; a picked one can be taken back while nothing of it is matched."""
    found = read(banking.statements)
    if not found:
        empty("No bank statement has been imported yet.", "Drop one above.")
        return
    rows = [
        (
            each.bank_account, each.file_name, each.starts_on, each.ends_on, each.opening and each.opening.micros,
            each.closing and each.closing.micros, {True: "Ties", False: "Does not tie", None: "No balances"}[each.ties],
            each.lines, each.imported_by, each.file_id,
        )
        for each in found
    ]  # fmt: skip
    names = ["account", "file", "from", "to", "opening_micros", "closing_micros", "ties", "lines", "by", "file_id"]
    frame = pd.DataFrame(rows, columns=names).astype({"opening_micros": "Int64", "closing_micros": "Int64"})
    columns = {
        "account": tables.words("Account", width=85),
        "from": tables.day("From", width=90),
        "to": tables.day("To", width=90),
        "opening_micros": tables.money("Opening", width=105),
        "closing_micros": tables.money("Closing", width=105),
        "ties": tables.words("Proof", width=80),
        "lines": tables.number("Lines", width=55),
        "by": tables.words("Imported by", width=115),
        "file": tables.words("File", width=240),
    }
    row = tables.pick(frame, columns, alt="Imported statements", key="bank_statements")
    if row is None:
        st.caption("Pick a statement to take its file, or to undo its import.")
    else:
        _take(int(row["file_id"]))
        _undo(int(row["file_id"]), str(row["file"]))


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
    if sent and form.act(undo_import, told=told, file_id=file_id, reason=reason):
        cached.forget()
        st.rerun()

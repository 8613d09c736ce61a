"""A bank's statement file on its way into the books: dropped, shown as it was read, imported."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import bank_gates, bank_mapping, cached, state, tables, text, working
from pages._ui.forms import confirmed
from pages._ui.frame import act, me, plain, read
from services.access.model import Principal
from services.banking import queries as banking
from services.banking.model import ImportResult, Preview, StatementPreview
from services.banking.operations import import_statement
from services.banking.readers import unknown_table
from services.company import queries as company
from services.db.engine import Database
from services.errors import Refused
from services.reconciliation.queries import sheet

_TURN = "bank_file_turn"
_SHOWN = 200
_MANY = 8
_LARGE = 200  # lines from which an import is worth a bar
_WORK = "bank statement"
_HELP = "CAMT, MT940, MT942, OFX, QFX, BAI2, CSV, XLSX, QIF, or a ZIP of them; at most 25 MB."


def drop() -> bool:
    """The place to drop a file and, once there is one, what is in it; whether one is being looked at."""
    turn = st.session_state.setdefault(_TURN, 0)
    if _under_way():
        return True
    file = st.file_uploader("Bank statement file", key=f"bank_file_{turn}", help=_HELP)
    if file is None:
        return False
    content = file.getvalue()
    chosen = _account(content, file.name)
    found: Preview | str = read(_preview, content=content, name=file.name, bank_account=chosen)
    if isinstance(found, str):
        rows = unknown_table(content)
        if rows:
            bank_mapping.ask(rows, content, why=found)
        else:
            st.error(f"{plain(file.name)} was not read. {plain(found)}", icon=":material/error:")
        st.button("Put it away", on_click=_put_away)
        return True
    for place, each in enumerate(found.statements):
        _statement(each, key=f"bank_preview_{place}")
    for warning in found.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    _decide(found, file.name, content, chosen)
    return True


def _preview(conn: Any, **facts: Any) -> Preview | str:
    try:
        return banking.preview_statement(conn, **facts)
    except Refused as refusal:
        return str(refusal)


def _account(content: bytes, name: str) -> str | None:
    """The account a person says the statement is of, asked only where the file does not name one of ours."""
    found: Preview | str = read(_preview, content=content, name=name)
    if isinstance(found, str) or not any(each.problem for each in found.statements):
        return None
    for each in found.statements:
        if each.problem:
            st.warning(plain(each.problem), icon=":material/help:")
    codes = [each.code for each in read(company.bank_accounts)]
    chosen = st.selectbox("It is of our account", codes, index=None, key="bank_file_account", width=280)
    unknown = [each.statement for each in found.statements if each.bank_account is None]
    if chosen is None and unknown:
        bank_gates.register(unknown[0])
    return chosen


def _statement(each: StatementPreview, *, key: str) -> None:
    said = each.statement
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(plain(each.bank_account or said.account or "Unnamed account"), anchor=False, width="content")
            words = {True: "Ties", False: "Does not tie", None: "Shows no balances"}[said.ties]
            colour: Any = {True: "green", False: "red", None: "orange"}[said.ties]
            st.badge(words, color=colour, icon=":material/check:" if said.ties else ":material/warning:")
            st.badge(f"{text.count(sum(each.is_new), 'new line')} of {len(said.lines)}", color="blue")
        stated = (("opening", said.opening), ("closing", said.closing))
        balances = [f"{label} {text.money(of)}" for label, of in stated if of is not None]
        days = f"{text.day(said.starts_on)} to {text.day(said.ends_on)}"
        st.caption(" · ".join([days, *balances]))
        lines = list(zip(said.lines, each.is_new, strict=True))[:_SHOWN]
        rows = [
            (line.booked_on, line.counterparty, line.remittance, line.amount.micros, _state(line.pending, is_new))
            for line, is_new in lines
        ]
        frame = pd.DataFrame(rows, columns=["day", "payer", "text", "amount_micros", "state"])
        columns = {
            "day": tables.day("Booked", width=95),
            "payer": tables.words("From or to", width=190),
            "text": tables.words("Text", width=300),
            "amount_micros": tables.money(f"Amount, {said.currency}", width=105),
            "state": tables.words("In the books", width=95),
        }
        tables.show(frame, columns, alt="Lines of the statement", key=key, height=300 if len(rows) > _MANY else "auto")


def _state(pending: bool, is_new: bool) -> str:  # noqa: FBT001 - two facts of one line
    if pending:
        return "pending: left out"
    return "new" if is_new else "already there"


def _decide(found: Preview, name: str, content: bytes, chosen: str | None) -> None:
    if found.same_file:
        st.info("This file is in the books already. Importing it again changes nothing.", icon=":material/info:")
    untied = found.needs_confirmation and not found.same_file
    accepted = confirmed("untied", "Import it although it does not tie") if untied else False
    if found.missing:
        bank_gates.days_missing(found, name=name, content=content, bank_account=chosen, accept_untied=accepted)
        st.button("Put it away", on_click=_put_away)
        return
    with st.container(horizontal=True):
        label = f"Import {text.count(found.new_lines, 'line')}" if found.new_lines else "Import anyway"
        sent = st.button(label, type="primary", key="bank_file_import", icon=":material/download_done:")
        st.button("Put it away", on_click=_put_away)
    if not sent:
        return
    facts = {"name": name, "content": content, "bank_account": chosen, "accept_untied": accepted}
    if found.new_lines >= _LARGE:
        _begin(found.new_lines, facts)
    done = act(import_statement, **facts)
    if done and done.result:
        cached.forget()
        cached.shared_until_posted(sheet)  # matched with the import, so that the inbox only shows
        _put_away()
        state.tell(said_of(done.result))
        st.rerun()


def _begin(lines: int, facts: dict[str, Any]) -> None:
    """A month of many lines goes in under a bar, and is matched before the inbox is looked at."""

    def task(database: Database, by: Principal, tell: working.Tell) -> ImportResult:
        tell(1, 10, f"{lines:,} lines are checked and posted")
        done = database.act(partial(import_statement, by=by, **facts))
        tell(5, 10, "its receipts are matched")
        cached.shared_until_posted(sheet)
        return done

    if not working.begin(_WORK, f"Importing {facts['name']}", task):
        state.tell("Another statement is being imported; import this one when it is in.")
    st.rerun()


def _under_way() -> bool:
    """The bar of an import that goes on, and what came of it; whether the place to drop a file has to wait."""
    work = working.found(_WORK)
    if work is None:
        return False
    if not work.ended:
        working.watch(work)
        st.caption("You may go on elsewhere: nothing is shown of it until it is in whole.")
        return True
    if work.by != me():
        return False
    working.put_away(_WORK)
    if isinstance(work.result, ImportResult):
        _put_away()
        state.tell(said_of(work.result))
        st.rerun()
    st.error(plain(f"{work.title}: {work.refusal or work.bug}"), icon=":material/error:")
    return False


def said_of(result: ImportResult) -> str:
    """What an import did, in a sentence."""
    if not result.imported:
        return f"Nothing changed: the books had {text.count(result.repeated, 'line')} of this file already."
    known = f", {text.count(result.repeated, 'line')} known before" if result.repeated else ""
    pending = f", {text.count(result.pending, 'pending line')} left out" if result.pending else ""
    by_rule = f", {result.by_rule:,} of them sorted by rules" if result.by_rule else ""
    return f"{text.count(result.imported, 'line')} imported{by_rule}{known}{pending}."


def _put_away() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1

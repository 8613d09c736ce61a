"""Rules for bank lines: what accounting said twice is proposed, each rule with how it did, and its switches."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, state, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, act, empty, plain, read
from services.banking.sorting import queries
from services.banking.sorting.model import Pattern, Proposal, Rule, Sort
from services.banking.sorting.ruling import make_rule, set_automatic, switch_off
from services.company import queries as company
from services.reporting.exports import Column, ColumnKind, ExportTable

_ALARM = 0.001  # a share taken back above this says that the rule is wrong (banking.md)
_ANY = "any of ours"


def screen(opened: Screen) -> None:
    """Proposals first, then the rules, then the place to make one."""
    for place, each in enumerate(read(queries.proposed_rules)):
        _proposal(each, key=f"rule_proposal_{place}")
    found = read(queries.rules, switched_off=True)
    if found:
        with opened.acts, st.container(width="content"):
            downloads.menu("rules for bank lines", lambda: _export(opened, found))
        _table(found)
    else:
        empty("There is no rule yet.", "Say twice what lines of one kind are, and a rule is proposed here.")
    with st.expander("Make a rule", icon=":material/add:"):
        _make()


def _proposal(each: Proposal, *, key: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/lightbulb: {plain(each.pattern.says)} was **{each.pattern.sort.label.lower()}** "
            f"{text.count(each.times, 'time')}.",
            width="stretch",
        )
        if st.button("Make it a rule", key=f"{key}_make", type="primary", icon=":material/check:"):
            done = act(make_rule, pattern=each.pattern, learned=True)
            if done:
                _told("The rule is made: it proposes from now on.")


def _told(sentence: str) -> None:
    state.tell(sentence)
    cached.forget()
    st.rerun()


_COLUMNS: dict[str, Any] = {
    "sort": tables.words("It is", width=125),
    "pattern": tables.words("By what it knows a line", width=262),
    "how": tables.words("It", width=95),
    "used": tables.number("Lines", width=50),
    "undone": tables.number("Taken back", width=75),
    "share": tables.percent("Undo rate", width=75),
    "origin": tables.words("Made", width=65),
    "by": tables.words("By", width=97),
}


_EXPORTED = {
    "sort": Column("It is"),
    "pattern": Column("By what it knows a line"),
    "how": Column("It"),
    "used": Column("Lines", ColumnKind.COUNT),
    "undone": Column("Taken back", ColumnKind.COUNT),
    "share": Column("Undo rate"),
    "origin": Column("Made"),
    "by": Column("By"),
}


def _export(opened: Screen, found: list[Rule]) -> ExportTable:
    rows = _frame(found).assign(share=[_share(each) for each in found])
    return downloads.table_of("Rules for bank lines", rows, _EXPORTED, by=opened.by)


def _frame(found: list[Rule]) -> pd.DataFrame:
    rows = [
        (
            each.pattern.sort.label, each.pattern.says,
            ("acts by itself" if each.automatic else "proposes") if each.is_on else "is off",
            each.used, each.undone, 100 * each.undone / each.used if each.used else None,
            "learned" if each.learned else "by hand", each.made_by, each.id,
        )
        for each in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*_COLUMNS, "id"])


def _table(found: list[Rule]) -> None:
    row = tables.pick(_frame(found), _COLUMNS, alt="Rules for bank lines", key="bank_rules")
    for each in found:
        if each.is_on and each.used and each.undone / each.used > _ALARM:
            words = (
                f"“{each.pattern.says}” was wrong {each.undone:,} of {each.used:,} times: switch it off or narrow it."
            )
            st.warning(plain(words), icon=":material/warning:")
    if row is None:
        st.caption("Pick a rule to let it act by itself, or to switch it off.")
        return
    chosen = next(each for each in found if each.id == int(row["id"]))
    if chosen.is_on:
        _switches(chosen)


def _share(rule: Rule) -> str:
    return f"{100 * rule.undone / rule.used:.1f} %" if rule.used else ""


def _switches(rule: Rule) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Only propose" if rule.automatic else "Let it act by itself"
        offered = rule.automatic or rule.pattern.may_be_automatic
        if offered and st.button(label, key=f"rule_auto_{rule.id}", icon=":material/bolt:"):
            done = act(set_automatic, rule_id=rule.id, automatic=not rule.automatic)
            if done:
                _told("It acts by itself when a statement is imported." if not rule.automatic else "It only proposes.")
        if st.button("Switch it off", key=f"rule_off_{rule.id}", icon=":material/block:"):
            done = act(switch_off, rule_id=rule.id)
            if done:
                _told("The rule is off; what it sorted stays.")
        if not offered:
            st.caption("Only bank fees, interest and card payouts, known by words, may be sorted without a person.")


def _make() -> None:
    form = Form("bank_rule")
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            offered = [each for each in Sort if each is not Sort.REFUND]
            sort = form.choice("sort", "The line is", offered, index=None, format_func=lambda each: each.label)
            words = form.text("words", "Words in the bank's text", help="All of them must stand in it.", max_chars=120)
            incoming = form.choice("incoming", "Direction", ["Money out", "Money in"])
        with right:
            party = form.text("counterparty", "From or to", help="As the bank names the other party.", max_chars=140)
            codes = [_ANY, *(each.code for each in read(company.bank_accounts))]
            account = form.choice("bank_account", "On our account", codes)
        sent = st.form_submit_button("Make the rule", type="primary")
    if not sent:
        return
    if sort is None:
        form.complain({"sort": "Choose what such a line is."})
        return
    pattern = Pattern(
        sort,
        incoming == "Money in",
        tuple(words.split()),
        party,
        "" if account in {None, _ANY} else str(account),
    )
    if form.act(make_rule, told="The rule is made: it proposes from now on.", pattern=pattern):
        cached.forget()
        st.rerun()

"""How well matching does: the automatic share week by week, and what of each rule was taken back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, charts, downloads, filters, tables, text
from pages._ui.frame import Screen, empty, plain
from services.periods import Period
from services.reconciliation import shares
from services.reconciliation.shares import RuleRecord, Shares, Week
from services.reporting.exports import Column, ColumnKind, ExportTable

_RULES = {
    "rule": tables.words("Rule", width=330),
    "matches": tables.number("Matched", width=90),
    "undone": tables.number("Taken back", width=100),
    "rate": tables.percent("Undo rate", width=100),
    "said": tables.words("Good rules stay at 0.1 %", width=220),
}
_MANY = 16  # weeks whose days fit under the bars
_EXPORTED = {
    "week": Column("Week from", ColumnKind.DAY),
    "automatic": Column("Automatic", ColumnKind.COUNT),
    "by_person": Column("By a person", ColumnKind.COUNT),
    "unknown": Column("Not kept", ColumnKind.COUNT),
    "share": Column("Automatic share"),
}


def screen(opened: Screen) -> None:
    """The chart of the period's weeks, then the rules."""
    period = filters.chosen_period()
    found: Shares = cached.until_posted(shares.shares, period=period)
    if not found.weeks:
        empty(f"Nothing was matched in {text.period(period)}.", "Choose a longer period.")
        return
    with opened.acts, st.container(width="content"):
        downloads.menu("automatic share", lambda: _export(opened, found, period))
    _figures(found)
    _chart(found)
    tables.show(_rules(found.rules), _RULES, alt="Undo rate by rule", key="shares_rules")
    for each in found.rules:
        if each.is_alarming:
            words = f"“{each.rule}” was taken back {each.undone:,} of {each.matches:,} times: more than 0.1 %."
            st.warning(plain(words), icon=":material/warning:")
    st.caption("A match taken back counts for the week it was made in. Automatic: matching left nothing to decide.")


def _figures(found: Shares) -> None:
    undone = sum(each.undone for each in found.rules)
    places = cards.row(3)
    share, rate = _percent(found.share), _percent(undone / found.matches if found.matches else None)
    for place, label, value in zip(
        places, ("Automatic share", "Matched", "Taken back"), (share, f"{found.matches:,}", rate), strict=True
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(label, value)


def _chart(found: Shares) -> None:
    series = {
        "Automatic": [each.automatic for each in found.weeks],
        "By a person": [each.by_person for each in found.weeks],
        "Not kept": [each.unknown for each in found.weeks],
    }
    shown = {name: counts for name, counts in series.items() if any(counts)}
    figure = charts.bars_by_month(
        [each.starts_on for each in found.weeks],
        shown,
        currency="matches",
        stacked=True,
        written="%-d %b %y",
        counts=True,
        tall=len(found.weeks) > _MANY,
    )
    alt = f"Matches by week, automatic and by a person; {_percent(found.share)} automatic in all"
    charts.draw(figure, alt=alt, twin=lambda: _twin(found), key="shares_chart")


def _twin(found: Shares) -> pd.DataFrame:
    rows = [
        (text.day(each.starts_on), each.automatic, each.by_person, each.unknown, _percent(each.share))
        for each in found.weeks
    ]
    return pd.DataFrame(rows, columns=["Week from", "Automatic", "By a person", "Not kept", "Automatic share"])


def _rules(found: tuple[RuleRecord, ...]) -> pd.DataFrame:
    rows = [
        (each.rule, each.matches, each.undone, 100 * each.rate, "above it" if each.is_alarming else "")
        for each in found
    ]
    return pd.DataFrame(rows, columns=list(_RULES))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _export(opened: Screen, found: Shares, period: Period) -> ExportTable:
    rows = [_row(each) for each in found.weeks]
    frame = pd.DataFrame(rows, columns=list(_EXPORTED))
    return downloads.table_of("Automatic share", frame, _EXPORTED, by=opened.by, period=text.period(period))


def _row(each: Week) -> tuple[object, ...]:
    return each.starts_on, each.automatic, each.by_person, each.unknown, _percent(each.share)

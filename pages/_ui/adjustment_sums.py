"""What adjustments come to by currency and kind, and what waits: requests, and promotions that have expired."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import adjustment_parts, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.adjustments import queries
from services.adjustments.model import EXPIRE, AdjustmentKind, State
from services.adjustments.operations import expire_promotions
from services.money import Money


def needs(by: Principal) -> None:
    """What waits for somebody, in a line each; nothing when nothing does."""
    if count := read(queries.waiting):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(text.count(count, "adjustment") + " waiting for a second person", color="orange")
            menu.link(by, adjustment_parts.APPROVALS, "Decide", icon=":material/how_to_reg:")
    due = [each for each in read(queries.due_expiries, on=text.today()) if each.left]
    if due and by.may(EXPIRE):
        _expire(due)


def by_currency(sums: pd.DataFrame) -> None:
    """A small table: a row a currency, a column a kind, of what is posted; never added across currencies."""
    kept = sums[sums["state"].isin([State.POSTED.value, State.WAITING.value])]
    if kept.empty:
        return
    rows = []
    for code in sorted(set(kept["currency"]), key=lambda code: (code != "AUD", code)):
        of = kept[kept["currency"] == code]
        posted, waiting = of[of["state"] == State.POSTED.value], of[of["state"] == State.WAITING.value]
        micros = [int(posted[posted["kind"] == kind.value]["micros"].sum()) for kind in AdjustmentKind]
        rows.append((code, *micros, sum(micros), int(waiting["micros"].sum())))
    labels = {f"{kind.value}_micros": kind.label for kind in AdjustmentKind}
    labels |= {"posted_micros": "Posted", "waiting_micros": "Waiting"}
    columns = {"currency": tables.words("Currency"), **{name: tables.money(words) for name, words in labels.items()}}
    frame = pd.DataFrame(rows, columns=list(columns))
    tables.show(frame, columns, alt="Adjustments by currency and kind", height="content")


def _expire(due: list[queries.Due]) -> None:
    form = Form("expire_promotions")
    sums: dict[str, int] = {}
    for each in due:
        sums[each.left.currency] = sums.get(each.left.currency, 0) + each.left.micros
    left = ", ".join(text.money(Money(micros, code)) for code, micros in sorted(sums.items()))
    noun = text.count(len(due), "promotion") + (" has expired" if len(due) == 1 else " have expired")
    with form.drawn(), st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"{noun}; {plain(left)} is left to take back.")
        sent = st.form_submit_button("Take back what is left", icon=":material/event_busy:")
    told = "What was left of the expired promotions is taken back."
    if sent and form.act(expire_promotions, told=told):
        st.rerun()

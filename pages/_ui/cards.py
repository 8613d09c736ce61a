"""Cards of figures that stand level: a number, a sentence or a trend, and the way to the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import menu
from services.access.model import Principal
from services.money import MICROS, Money


def row(count: int) -> list[DeltaGenerator]:
    """Places for that many cards side by side, equally high."""
    return list(st.columns(count))


def money(
    label: str,
    value: Money,
    *,
    before: Money | None = None,
    against: str = "",
    trend: Sequence[int] = (),
    bars: bool = False,
    help_text: str | None = None,
) -> None:
    """An amount with its currency in the label; `before` gives the change, `trend` a sparkline of micros."""
    st.metric(
        f"{label}, {value.currency}",
        value.micros / MICROS,
        (value - before).micros / MICROS if before is not None else None,
        delta_color="off",
        delta_description=against or None,
        format="accounting",
        chart_data=[micros / MICROS for micros in trend] or None,
        chart_type="bar" if bars else "line",
        border=True,
        height="stretch",
        help=help_text,
    )  # fmt: skip


def need(by: Principal, number: int, label: str, sentence: str, *, file: str, **parameters: str) -> None:
    """Something that waits for this person: how many, and the way there in words (`file` relative to `pages/`)."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(label, number, format="localized")
        if number:
            menu.link(by, file, sentence, icon=":material/arrow_forward:", **parameters)
        else:
            st.caption(":material/check: Nothing waits.")

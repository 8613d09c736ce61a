"""The three figures of the house, drawn alike in both themes: money in is green, money out amber, states are ink.

Each takes exact micros and at most 2,000 points; `draw` shows it without a toolbar, with words for those who cannot
see it and a table twin under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from types import MappingProxyType
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages._ui import tables
from services.money import MICROS

MOST_POINTS = 2_000
_MOST_TICKS = 9
_MOST_UPRIGHT = 6  # bars whose names fit under them
_FONT = "IBM Plex Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a figure in one theme (`.streamlit/config.toml`)."""

    money_in: str
    money_out: str
    state: str
    text: str
    grid: str
    series: tuple[str, ...]


LIGHT = Ink(
    "#0B5D5E", "#D98E04", "#3C4A3E", "#5E5C54", "#E4E0D6",
    ("#0B5D5E", "#D98E04", "#7A4E9C", "#2F7ABF", "#B5493B", "#6B8E23", "#8A8578", "#3C4A3E"),
)  # fmt: skip
DARK = Ink(
    "#4DB3A4", "#E5A84B", "#C9D3C8", "#B0B4AA", "#2C3530",
    ("#4DB3A4", "#E5A84B", "#B48AD2", "#6FA9DE", "#E07A6A", "#9DBB54", "#A8A497", "#C9D3C8"),
)  # fmt: skip


def ink() -> Ink:
    """The colours of the theme this person looks at now."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def waterfall(opening: int, movements: Sequence[tuple[str, int]], closing: int, *, currency: str) -> go.Figure:
    """From the opening balance through each (label, micros) to the closing balance; many steps lie under each other."""
    colours = ink()
    values = [opening, *(micros for _, micros in movements), closing]
    lying = len(values) > _MOST_UPRIGHT
    labels = ["Opening", *(label for label, _ in movements), "Closing"]
    names = labels if lying else [label.replace(" ", "<br>") for label in labels]
    amounts = [micros / MICROS for micros in values]
    steps = {
        "type": "waterfall",
        **({"orientation": "h", "y": names, "x": amounts} if lying else {"x": names, "y": amounts}),
        "measure": ["absolute", *("relative" for _ in movements), "total"],
        "text": [_short(micros) for micros in values],
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": colours.money_in}},
        "decreasing": {"marker": {"color": colours.money_out}},
        "totals": {"marker": {"color": colours.state}},
        "connector": {"line": {"color": colours.grid}},
        "hovertemplate": ("%{y}" if lying else "%{x}") + ": %{text} " + currency + "<extra></extra>",
    }
    if lying:
        x = {"tickformat": ",~f", "range": _with_room(list(accumulate(amounts[:-1])))}
        return framed([steps], height=60 + 24 * len(values), x=x, y={"autorange": "reversed"})
    return framed([steps], height=285, x={"tickangle": 0})


def _with_room(reached: list[float]) -> list[float]:
    """From zero or below to zero or above, with room for the amounts written beside the longest bars."""
    least, most = min(0.0, *reached), max(0.0, *reached)
    room = (most - least) / 5 or 1.0
    return [least - room / 2, most + room]


def balance_line(days: Sequence[date], micros: Sequence[int], *, currency: str) -> go.Figure:
    """A balance day by day; below zero the ground is shaded red. The last value is written at its end."""
    colours = ink()
    step = max(1, -(-len(days) // MOST_POINTS))
    chosen = range((len(days) - 1) % step, len(days), step) if days else range(0)
    x = [days[i] for i in chosen]
    y = [micros[i] / MICROS for i in chosen]
    line = {
        "type": "scatter", "x": x, "y": y, "mode": "lines",
        "line": {"color": colours.money_in, "width": 2, "shape": "hv"},
        "hovertemplate": "%{x|%-d %b %Y}: %{y:,.2f} " + currency + "<extra></extra>",
    }  # fmt: skip
    figure = framed([line], height=260)
    if y:
        figure.add_annotation(
            x=x[-1], y=y[-1], text=_short(micros[-1]), showarrow=False, xanchor="right", yanchor="bottom"
        )
        if min(y) < 0:
            figure.add_hrect(y0=min(y) * 1.05, y1=0, fillcolor=colours.series[4], opacity=0.12, line_width=0)
    return figure


def bars_by_month(
    months: Sequence[date],
    series: Mapping[str, Sequence[int]],
    *,
    currency: str,
    stacked: bool = False,
    written: str = "%b %y",
    tall: bool = False,
    counts: bool = False,
) -> go.Figure:
    """Bars of micros a month, one colour a series ("Sold" green, "Used" amber, then the theme's order).

    `written` is how the days under the bars read: "%-d %b" for bars a day. A tall figure has room for the names of
    many series below and for few of its days. `counts`: the values are plain numbers, `currency` is their noun.
    """
    colours = ink()
    fixed = {"Sold": colours.money_in, "Bought": colours.money_in, "Used": colours.money_out, "Held": colours.state}
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": [f"{month:{written}}" for month in months],
            "y": [value if counts else value / MICROS for value in micros],
            "marker": {"color": fixed.get(name, colours.series[index % len(colours.series)])},
            "hovertemplate": name
            + (", %{x}: %{y:,d} " if counts else ", %{x}: %{y:,.2f} ")
            + currency
            + "<extra></extra>",
        }
        for index, (name, micros) in enumerate(series.items())
    ]
    layout: dict[str, Any] = {"barmode": "stack" if stacked else "group", "bargap": 0.35, "bargroupgap": 0.08}
    if tall:
        layout["legend"] = {"orientation": "h", "x": 0, "y": -0.14, "yanchor": "top"}
    return framed(bars, height=340 if tall else 280, named=len(series) > 1, few_ticks=tall, **layout)


def day_squares(
    days: Sequence[tuple[date, str, str, str]], months: Sequence[date], *, chosen: date | None = None
) -> go.Figure:
    """A square a day, a row a month: (day, mark written in it, tone, words on pointing at it); the chosen one framed.

    Tones are "good", "quiet", "open" and "bad". A clicked square gives its day as `customdata`.
    """
    colours = ink()
    tones = {"good": colours.money_in, "quiet": colours.grid, "open": colours.money_out, "bad": colours.series[4]}
    over = {"good": "#FFFFFF", "quiet": colours.text, "open": "#1E2421", "bad": "#FFFFFF"}
    if colours is DARK:
        over |= {"good": "#10201F", "bad": "#10201F"}
    names = {month: f"{month:%b %Y}" for month in months}
    squares = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [day.day for day, *_ in days],
        "y": [names[day.replace(day=1)] for day, *_ in days],
        "text": [mark for _, mark, _, _ in days],
        "textfont": {"color": [over[tone] for _, _, tone, _ in days], "size": 12},
        "marker": {
            "symbol": "square",
            "size": 21,
            "color": [tones[tone] for _, _, tone, _ in days],
            "line": {"color": colours.state, "width": [3 if day == chosen else 0 for day, *_ in days]},
        },
        "customdata": [day.isoformat() for day, *_ in days],
        "hovertext": [words for *_, words in days],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    x = {"tickvals": list(range(1, 32)), "range": [0.4, 31.6], "side": "top", "fixedrange": True, "tickformat": "d"}
    rows = {"categoryorder": "array", "categoryarray": list(names.values())[::-1], "showgrid": False, "zeroline": False}
    y = rows | {"range": [-0.6, len(months) - 0.4], "fixedrange": True, "tickformat": ""}
    return framed([squares], height=50 + 26 * len(months), x=x, y=y, margin={"l": 8, "r": 8, "t": 28, "b": 4})


def draw(figure: go.Figure, *, alt: str, twin: Callable[[], pd.DataFrame] | None = None, key: str) -> None:
    """Show a figure with its words, and its table twin (display-ready columns) behind a click that has it made."""
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False, "responsive": True}, alt=alt, key=key)
    if twin is not None:
        with st.expander("As a table", type="compact", key=f"{key}_twin", on_change="rerun") as box:
            if box.open:
                tables.printed(twin(), alt=f"{alt}, as a table")


def _short(micros: int) -> str:
    shown = f"{abs(micros) / MICROS:,.2f}"
    return f"({shown})" if micros < 0 else shown


def framed(
    traces: list[dict[str, Any]],
    *,
    height: int,
    named: bool = False,
    few_ticks: bool = False,
    x: Mapping[str, Any] = MappingProxyType({}),
    y: Mapping[str, Any] = MappingProxyType({}),
    **layout: Any,
) -> go.Figure:
    """The figure in one step: plotly checks each later change anew, which took longer than all the rest of a screen."""
    colours = ink()
    axis: dict[str, Any] = {"gridcolor": colours.grid, "zerolinecolor": colours.text, "linecolor": colours.grid}
    ticks = {"nticks": _MOST_TICKS, "tickangle": 0} if few_ticks else {}
    frame: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 12, "color": colours.text},
        "showlegend": named,
        "legend": {"orientation": "h", "x": 0, "y": 1.12},
        "separators": ".,",
        "xaxis": {**axis, "showgrid": False, "automargin": True, **ticks, **x},
        "yaxis": {**axis, "automargin": True, "tickformat": ",~f", "zeroline": True, "zerolinewidth": 1, **y},
    }
    return go.Figure(data=traces, layout=frame | layout)

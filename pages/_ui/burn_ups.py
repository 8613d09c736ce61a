"""The figure of a commitment: plan, use and what is expected since the start, with the band it will likely end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from pages._ui.charts import framed, ink
from services.money import MICROS


def burn_up(
    lines: Mapping[str, Sequence[tuple[date, int]]], band: Sequence[tuple[date, int, int]], *, currency: str
) -> go.Figure:
    """Sums of micros since a start: "Plan" dashed, "Used" drawn through, "Expected" dotted, in its band (low, high)."""
    colours = ink()
    looks = {
        "Plan": (colours.state, "dash"),
        "Used": (colours.money_out, "solid"),
        "Expected": (colours.money_out, "dot"),
    }
    unseen: dict[str, Any] = {
        "type": "scatter", "x": [day for day, *_ in band], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip
    traces = [
        unseen | {"y": [low / MICROS for _, low, _ in band], "showlegend": False},
        unseen | {"y": [high / MICROS for *_, high in band], "fill": "tonexty", "name": "Likely band",
                  "fillcolor": _faint(colours.money_out)},
    ]  # fmt: skip
    for name, points in lines.items():
        colour, dash = looks[name]
        traces.append(
            {
                "type": "scatter",
                "x": [day for day, _ in points],
                "y": [micros / MICROS for _, micros in points],
                "mode": "lines",
                "name": name,
                "line": {"color": colour, "dash": dash, "width": 2},
                "hovertemplate": name + ", %{x|%-d %b %Y}: %{y:,.2f} " + currency + "<extra></extra>",
            }
        )
    return framed(traces, height=280, named=True, y={"rangemode": "tozero"})


def _faint(colour: str) -> str:
    """The same colour, mostly seen through."""
    return f"rgba({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))}, 0.18)"

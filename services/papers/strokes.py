"""Lines and areas of a drawn figure, as vectors: what they are, and how they are put on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

_THICK = 1.4


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, or with `is_area` what they enclose; points from the figure's top left corner, down."""

    points: tuple[tuple[float, float], ...]
    color: HexColor
    dash: tuple[float, ...] = ()
    thickness: float = _THICK
    is_area: bool = False


def paint(canvas: Canvas, x: float, top: float, drawn: Iterable[Stroke]) -> None:
    """Put strokes on a page, one over the other; the figure's corner lies at (x, top) from the bottom left."""
    for each in drawn:
        if not each.points:
            continue
        path = canvas.beginPath()
        (first_x, first_y), *others = each.points
        path.moveTo(x + first_x, top - first_y)
        for right, down in others:
            path.lineTo(x + right, top - down)
        if each.is_area:
            path.close()
            canvas.setFillColor(each.color)
        else:
            canvas.setStrokeColor(each.color)
            canvas.setLineWidth(each.thickness)
            canvas.setDash(*([list(each.dash)] if each.dash else []))
        canvas.drawPath(path, stroke=not each.is_area, fill=each.is_area)
    canvas.setDash()

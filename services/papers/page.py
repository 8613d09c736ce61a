"""Drawing on A4: places in points from the top left corner, embedded fonts, footers that know the last page."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from services.papers import fonts

INK = HexColor("#16202e")
SOFT = HexColor("#5b6675")
RULE = HexColor("#cfd6df")
BAND = HexColor("#f2f5f8")
ACCENT = HexColor("#0b5c63")
MARGIN = 48.0

Align = Literal["left", "right", "center"]
Footer = Callable[["Sheet", int, int], None]


class Sheet:
    """A paper being drawn. The same calls give the same bytes: no clock and no random file identifier."""

    def __init__(self, *, title: str, author: str, subject: str, language: str, landscape: bool = False) -> None:
        """Open the first page; `title`, `author` and `subject` stand in the file's properties, not on the page."""
        fonts.load()
        self._buffer = BytesIO()
        self.width, self.height = (A4[1], A4[0]) if landscape else A4
        self._canvas = Canvas(
            self._buffer,
            pagesize=(self.width, self.height),
            invariant=1,
            pageCompression=1,
            initialFontName=fonts.REGULAR,
            pdfVersion=(1, 7),
            lang="fr-FR" if language == "fr" else "en-AU",
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(subject)
        self._canvas.setCreator("Ledgerdesk")
        self._canvas.setProducer("Ledgerdesk")
        self._pages: list[dict[str, Any]] = []

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return len(self._pages) + 1

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        color: HexColor = INK,
        align: Align = "left",
    ) -> None:
        """One line whose baseline lies `y` below the top; `x` is its left end, right end or middle."""
        if align != "left":
            x -= fonts.width(text, size, bold=bold) / (1 if align == "right" else 2)
        self._canvas.setFillColor(color)
        line = self._canvas.beginText(x, self.height - y)
        for font, piece in fonts.runs(text, bold=bold):
            line.setFont(font, size)
            line.textOut(piece)
        self._canvas.drawText(line)

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        *,
        room: float,
        size: float = 9,
        bold: bool = False,
        color: HexColor = INK,
        leading: float = 1.4,
    ) -> float:
        """Wrapped lines from the baseline `y` on; returns the baseline the next line would have."""
        for line in fonts.wrapped(text, size, room, bold=bold):
            self.text(x, y, line, size=size, bold=bold, color=color)
            y += size * leading
        return y

    def rule(self, x: float, y: float, end: float, *, color: HexColor = RULE, thickness: float = 0.6) -> None:
        """A horizontal line."""
        self._canvas.setStrokeColor(color)
        self._canvas.setLineWidth(thickness)
        self._canvas.line(x, self.height - y, end, self.height - y)

    def box(self, x: float, y: float, wide: float, high: float, *, color: HexColor = BAND, radius: float = 0) -> None:
        """A filled rectangle whose top left corner is at (x, y)."""
        self._canvas.setFillColor(color)
        self._canvas.roundRect(x, self.height - y - high, wide, high, radius, stroke=0, fill=1)

    def squares(self, x: float, y: float, side: float, rows: list[list[bool]]) -> None:
        """A square code of dark cells, `side` points wide, as vectors."""
        cell = side / len(rows)
        self._canvas.setFillColor(INK)
        path = self._canvas.beginPath()
        for down, row in enumerate(rows):
            for across, dark in enumerate(row):
                if dark:
                    path.rect(x + across * cell, self.height - y - (down + 1) * cell, cell, cell)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def slanted(self, text: str, *, size: float, color: HexColor) -> None:
        """Large words across the page, such as a draft's mark."""
        self._canvas.saveState()
        self._canvas.translate(self.width / 2, self.height / 2)
        self._canvas.rotate(35)
        self._canvas.translate(-self.width / 2, -self.height / 2)
        self.text(self.width / 2, self.height / 2, text, size=size, bold=True, color=color, align="center")
        self._canvas.restoreState()

    def next_page(self) -> None:
        """Put this page aside, until its footer can be drawn, and open another."""
        self._pages.append(dict(self._canvas.__dict__))
        self._canvas._startPage()  # noqa: SLF001 - reportlab's own recipe for "page x of y"

    def finish(self, footer: Footer) -> bytes:
        """Draw every footer as (sheet, page, pages) and return the file."""
        self._pages.append(dict(self._canvas.__dict__))
        for number, page in enumerate(self._pages, start=1):
            self._canvas.__dict__.update(page)
            footer(self, number, len(self._pages))
            self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

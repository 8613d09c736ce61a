"""Drawing on A4: places in points from the top left corner, embedded fonts, footers that know the last page.

Words are tagged as they are drawn; rules, boxes and footers are artifacts, which a reader aloud passes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from io import BytesIO
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.papers import fonts
from services.papers.strokes import Stroke, paint
from services.papers.tags import Tags, hexed
from services.pictures import Picture

INK = HexColor("#16202e")
SOFT = HexColor("#5b6675")
RULE = HexColor("#cfd6df")
BAND = HexColor("#f2f5f8")
ACCENT = HexColor("#0b5c63")
MARGIN = 48.0
LOW = 56.0  # what stays free at the foot of a page for its rule and words

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
        self._tags = Tags()
        self._artifacts = 0
        self._color: HexColor | None = None

    @contextmanager
    def tagged(self, tag: str, *, scope: str = "", span: int = 1) -> Iterator[None]:
        """What is drawn meanwhile is a Table, TR, TH, TD, H1, H2 or P; `scope` is a heading's: "Row" or "Column"."""
        if self._artifacts:
            yield
            return
        about = "".join([f" /Scope /{scope}" if scope else "", f" /ColSpan {span}" if span > 1 else ""])
        with self._tags.inside(tag, f"/A <</O /Table{about}>>" if about else ""):
            yield

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn meanwhile is not read aloud: headings repeated on a further page, the foot."""
        self._artifacts += 1
        try:
            yield
        finally:
            self._artifacts -= 1

    @contextmanager
    def _marked(self, tag: str = "", typed: str = "") -> Iterator[None]:
        """Drawing between the marks of a piece of content: of an element, or of an artifact where `tag` is empty.

        `typed` is the text as it is read, where it is drawn in another order and in joined forms.
        """
        code = self._canvas._code  # noqa: SLF001 - reportlab has no tagging of its own
        if self._artifacts or not tag:
            code.append("/Artifact BMC")
        else:
            with ExitStack() as inside:
                if not self._tags.holds_words:
                    inside.enter_context(self._tags.inside(tag))
                if typed:
                    inside.enter_context(self._tags.inside("Span", f"/ActualText {hexed(fonts.visible(typed))}"))
                of, number = self._tags.mark(len(self._pages))
            code.append(f"/{of} <</MCID {number}>> BDC")
        yield
        code.append("EMC")

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
        tag: str = "P",
    ) -> None:
        """One line whose baseline lies `y` below the top; `x` is its left end, right end or middle.

        It is an element `tag` of its own unless it is drawn inside one that holds words.
        """
        if align != "left":
            x -= fonts.width(text, size, bold=bold) / (1 if align == "right" else 2)
        with self._marked(tag, text if fonts.is_from_the_right(text) else ""):
            self._fill(color)
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
        tag: str = "P",
    ) -> float:
        """Wrapped lines from the baseline `y` on, one element; returns the baseline the next line would have."""
        with nullcontext() if self._artifacts or self._tags.holds_words else self._tags.inside(tag):
            for line in fonts.wrapped(text, size, room, bold=bold):
                y = self.onward(y)
                self.text(x, y, line, size=size, bold=bold, color=color)
                y += size * leading
        return y

    def rule(self, x: float, y: float, end: float, *, color: HexColor = RULE, thickness: float = 0.6) -> None:
        """A horizontal line."""
        with self._marked():
            self._canvas.setStrokeColor(color)
            self._canvas.setLineWidth(thickness)
            self._canvas.line(x, self.height - y, end, self.height - y)

    def box(self, x: float, y: float, wide: float, high: float, *, color: HexColor = BAND, radius: float = 0) -> None:
        """A filled rectangle whose top left corner is at (x, y)."""
        with self._marked():
            self._fill(color)
            self._canvas.roundRect(x, self.height - y - high, wide, high, radius, stroke=0, fill=1)

    def _fill(self, color: HexColor) -> None:
        if color is not self._color:  # thousands of words in a row have one colour
            self._canvas.setFillColor(color)
            self._color = color

    def squares(self, x: float, y: float, side: float, rows: list[list[bool]], *, alt: str) -> None:
        """A square code of dark cells, `side` points wide, as vectors; `alt` says what it is for."""
        with self._figure(x, y, side, side, alt):
            self._cells(x, y, side, rows)

    def strokes(self, x: float, y: float, wide: float, high: float, drawn: Iterable[Stroke], *, alt: str) -> None:
        """A figure of lines and areas whose top left corner is at (x, y); `alt` says what it shows, unless artifact."""
        with self._marked() if self._artifacts else self._figure(x, y, wide, high, alt):
            paint(self._canvas, x, self.height - y, drawn)
        self._color = None

    def picture(self, x: float, y: float, wide: float, high: float, shown: Picture, *, alt: str) -> None:
        """A picture whose top left corner is at (x, y); `alt` says what it shows."""
        with self._figure(x, y, wide, high, alt):
            self._canvas.drawImage(ImageReader(BytesIO(shown.content)), x, self.height - y - high, wide, high)

    @contextmanager
    def _figure(self, x: float, y: float, wide: float, high: float, alt: str) -> Iterator[None]:
        low = self.height - y - high
        box = f"/A <</O /Layout /Placement /Block /BBox [{x:.2f} {low:.2f} {x + wide:.2f} {low + high:.2f}]>>"
        with self._tags.inside("Figure", f"/Alt {hexed(alt)} {box}"), self._marked("Figure"):
            yield

    def _cells(self, x: float, y: float, side: float, rows: list[list[bool]]) -> None:
        cell = side / len(rows)
        self._fill(INK)
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
        with self.artifact():
            self.text(self.width / 2, self.height / 2, text, size=size, bold=True, color=color, align="center")
        self._canvas.restoreState()
        self._color = None

    def onward(self, y: float) -> float:
        """The baseline itself, or the first of a new page where it would fall below the last."""
        if y <= self.height - LOW or self._artifacts:
            return y
        self.next_page()
        return MARGIN + 20

    def next_page(self) -> None:
        """Put this page aside, until its footer can be drawn, and open another."""
        self._pages.append(dict(self._canvas.__dict__))
        self._color = None
        self._canvas._startPage()  # noqa: SLF001 - reportlab's own recipe for "page x of y"

    def finish(self, footer: Footer) -> bytes:
        """Draw every footer as (sheet, page, pages) and return the file."""
        self._pages.append(dict(self._canvas.__dict__))
        for number, page in enumerate(self._pages, start=1):
            self._canvas.__dict__.update(page)
            self._color = None
            with self.artifact():
                footer(self, number, len(self._pages))
            self._canvas.showPage()
        self._tags.write(self._canvas)
        self._canvas.save()
        return self._buffer.getvalue()

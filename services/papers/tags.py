"""What a paper's parts mean, kept while it is drawn, so that the file can be read aloud (PDF/UA, ISO 32000-1, 14.8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFObject, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas

# elements that hold words themselves; every other one holds elements
_LEAVES = frozenset({"P", "H1", "H2", "TH", "TD", "Figure"})


@dataclass(slots=True, eq=False)
class Element:
    """A node of the structure tree: its kind, what is said of it as PDF, and elements or (page, mark) inside."""

    tag: str
    about: str = ""
    kids: list[Element | tuple[int, int]] = field(default_factory=list)

    @property
    def holds_words(self) -> bool:
        """Whether marks stand in it directly."""
        return self.tag in _LEAVES


class Tags:
    """The structure tree of one paper, grown in drawing order, which is the order of reading."""

    def __init__(self) -> None:
        """An empty document."""
        self._root = Element("Document")
        self._open = [self._root]
        self._marked: list[list[Element]] = []  # the element of each mark, page by page

    @contextmanager
    def inside(self, tag: str, about: str = "") -> Iterator[None]:
        """Everything drawn meanwhile belongs to a new element."""
        element = Element(tag, about)
        self._open[-1].kids.append(element)
        self._open.append(element)
        try:
            yield
        finally:
            self._open.pop()

    @property
    def holds_words(self) -> bool:
        """Whether what is drawn now stands in an element of words already."""
        return self._open[-1].holds_words

    def mark(self, page: int) -> tuple[str, int]:
        """The tag and number of the next piece on a page (counted from 0), which belongs to the open element."""
        element = self._open[-1]
        while len(self._marked) <= page:
            self._marked.append([])
        marks = self._marked[page]
        marks.append(element)
        element.kids.append((page, len(marks) - 1))
        return element.tag, len(marks) - 1

    def write(self, canvas: Canvas) -> None:
        """Put the tree into the file, once every page is drawn."""
        document = canvas._doc  # noqa: SLF001 - reportlab has no tagging of its own
        pages = [_number(document, page) for page in document.Pages.pages]
        root, at = _Written(), {element: _Written() for element in _all(self._root)}
        numbers = {element: _number(document, written) for element, written in at.items()}
        top = _number(document, root)
        self._write(at, numbers, pages, top)
        parents = "".join(
            f"{page} [{' '.join(f'{numbers[element]} 0 R' for element in marks)}]\n"
            for page, marks in enumerate(self._marked)
        )
        tree = f"<</Nums [\n{parents}]>>"
        first = numbers[self._root]
        root.text = f"<</Type /StructTreeRoot /K [{first} 0 R] /ParentTree {tree} /ParentTreeNextKey {len(pages)}>>"
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for number, page in enumerate(document.Pages.pages):
            page.StructParents, page.Tabs = number, "/S"
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]

    def _write(self, at: dict[Element, _Written], numbers: dict[Element, int], pages: list[int], top: int) -> None:
        parents = {kid: number for element, number in numbers.items() for kid in element.kids}
        for element in numbers:
            on = {kid[0] for kid in element.kids if not isinstance(kid, Element)}
            page = f" /Pg {pages[on.pop()]} 0 R" if len(on) == 1 else ""
            kids = " ".join(
                f"{numbers[kid]} 0 R"
                if isinstance(kid, Element)
                else str(kid[1])
                if page
                else f"<</Type /MCR /Pg {pages[kid[0]]} 0 R /MCID {kid[1]}>>"
                for kid in element.kids
            )
            parent = parents.get(element, top)
            at[element].text = f"<</S /{element.tag} /P {parent} 0 R{page} {element.about} /K [{kids}]>>"


class _Written(PDFObject):  # type: ignore[misc]
    """An object whose text is made here."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.text = ""

    def format(self, document: object) -> bytes:  # noqa: ARG002
        """As reportlab asks for it."""
        return self.text.encode("ascii")


def hexed(text: str) -> str:
    """A text as PDF writes any Unicode: a hexadecimal string in UTF-16."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _all(element: Element) -> Iterator[Element]:
    yield element
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _all(kid)


def _number(document: object, thing: PDFObject) -> int:
    """The number of an object in the file."""
    reference: PDFObjectReference = document.Reference(thing)  # type: ignore[attr-defined]
    return int(document.idToObjectNumberAndVersion[reference.name][0])  # type: ignore[attr-defined]

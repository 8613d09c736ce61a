"""What a drawn file says and holds: its words, its structure as a reader aloud meets it, the kinds of its objects."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pdfua
import pikepdf
import pypdf
from pypdfium2 import PdfDocument

# the mark of PDF/UA in the metadata needs an extension schema, which the archive's validator does not know
UNMARKED = "UA-28-004"


def printed(content: bytes) -> str:
    """The text of the pages, a line a line, thin spaces made plain."""
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]
    return "\n".join(pages).replace("\u202f", " ").replace("\u00a0", " ").strip() + "\n"


def copied(content: bytes) -> str:
    """The text a person copies out of the pages: right-to-left words in the order they were typed."""
    document = PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def accessibility(content: bytes) -> list[str]:
    """What keeps the file from being read aloud well, as far as a program can tell."""
    report = pdfua.validate(BytesIO(content))
    return [f"{finding.rule_id}: {finding.message}" for finding in report.findings if finding.rule_id != UNMARKED]


def structure(content: bytes) -> list[str]:
    """The elements in the order of reading, each with its parents: "Document/Table/TR/TD"."""
    found: list[str] = []
    with pikepdf.open(BytesIO(content)) as pdf:
        _walk(pdf.Root.StructTreeRoot.K[0], "", found)
    return found


def kinds(content: bytes) -> Counter[str]:
    """How many objects of each kind the file holds, and every action, annotation or outside address by its key."""
    counted: Counter[str] = Counter()
    with pikepdf.open(BytesIO(content)) as pdf:
        for thing in pdf.objects:
            if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
                continue
            counted[f"{thing.get('/Type', '')}{thing.get('/Subtype', '')}"] += 1
            for key in {"/A", "/AA", "/Annots", "/OpenAction", "/URI", "/JS", "/EF", "/F", "/XObject"} & set(
                thing.keys()
            ):
                if key != "/A" or "/S" not in thing or thing.get("/Type") == "/Annot":
                    counted[key] += 1
    return counted


def _walk(element: pikepdf.Object, under: str, found: list[str]) -> None:
    name = f"{under}/{str(element.S)[1:]}" if under else str(element.S)[1:]
    found.append(name)
    for kid in element.get("/K", []):
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/MCR":
            _walk(kid, name, found)

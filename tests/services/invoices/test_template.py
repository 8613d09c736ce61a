"""A changed drawing is a new template: what every golden paper draws is kept beside the template's number.

`make golden` writes the file anew, and refuses to while the number stands for two drawings.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from io import BytesIO

import pikepdf
import pytest

from services.invoices.credit_note_document import NoteDocument
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import Document
from services.invoices.pdf import invoice_pdf
from services.invoices.presentation import TEMPLATE
from services.settings import ROOT
from tests.drawing import structure
from tests.services.invoices.situations import all_papers

KEPT = ROOT / "tests" / "golden" / "papers" / "template.json"
_WRITTEN = (
    "a change of the drawing alters papers: raise TEMPLATE in services/invoices/presentation.py, then `make golden`"
)


def drawn(paper: Document | NoteDocument) -> str:
    """A digest of what is drawn and read aloud, taken before compression: another zlib is no other drawing."""
    content = note_pdf(paper) if isinstance(paper, NoteDocument) else invoice_pdf(paper)
    told = hashlib.sha256("\n".join(structure(content)).encode())
    with pikepdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            told.update(str(page.mediabox).encode())
            told.update(page.Contents.read_bytes())
            for name, image in sorted(page.get_images().items()):
                told.update(name.encode() + image.read_bytes())
    return told.hexdigest()


@cache
def all_drawn() -> dict[str, str]:
    return {name: drawn(paper) for name, paper in all_papers().items()}


def changed(kept: dict[str, str], found: dict[str, str]) -> list[str]:
    """The situations both know and that are drawn otherwise than they were."""
    return sorted(name for name in kept.keys() & found.keys() if kept[name] != found[name])


def test_a_changed_drawing_has_a_new_number() -> None:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"template": TEMPLATE, "drawn": {}}
    found = all_drawn()
    if kept["template"] == TEMPLATE:
        assert changed(kept["drawn"], found) == [], _WRITTEN
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        KEPT.write_text(json.dumps({"template": TEMPLATE, "drawn": found}, indent=1, sort_keys=True) + "\n")
        return
    assert kept == {"template": TEMPLATE, "drawn": found}, "the kept drawings are of another template: `make golden`"


def test_a_drawing_moved_by_a_hair_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = all_papers()["us"]
    before = drawn(paper)
    assert drawn(paper) == before
    monkeypatch.setattr("services.invoices.pdf._BESIDE", 342.1)
    assert changed({"us": before, "gone": "x"}, {"us": drawn(paper), "new": "y"}) == ["us"]

"""The e-invoice menu beside a paper: the same document as files that the buyer's program reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

import streamlit as st

from pages._ui import cached
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document
from services.invoices.einvoice import files
from services.papers.hybrid import with_einvoice

_XML = "application/xml"
_NOT_VALIDATED = "PINT A-NZ is checked here against its schema and our own reading of its rules, not by the network."


class _Kind(NamedTuple):
    """One file of the menu: its name on screen and as a file, how it is made, and what is said below it."""

    label: str
    ending: str
    mime: str
    make: Callable[[], bytes]
    caption: str = ""


def offer(paper: Document | NoteDocument, pdf: bytes, *, key: str) -> None:
    """A menu with Factur-X, UBL and, where the buyer has an ABN or NZBN, PINT A-NZ; made when it is opened."""
    with st.popover("E-invoice", icon=":material/data_object:", key=f"{key}_menu", on_change="rerun") as opened:
        if opened.open:
            draw(paper, pdf, key=key)


def draw(paper: Document | NoteDocument, pdf: bytes, *, key: str) -> None:
    """What the open menu holds."""
    st.caption("The same document as a file that the buyer’s program reads (EN 16931).")
    hybrid = _Kind("Factur-X (PDF with data)", "facturx.pdf", "application/pdf", lambda: _hybrid(paper, pdf))
    xml = _Kind("UBL (XML)", "ubl.xml", _XML, lambda: files.ubl(paper))
    pint = _Kind("PINT A-NZ (XML)", "pint.xml", _XML, lambda: files.pint_anz(paper), _NOT_VALIDATED)
    for kind in (hybrid, xml, pint):
        _button(paper, kind, key=key)


def _hybrid(paper: Document | NoteDocument, pdf: bytes) -> bytes:
    return with_einvoice(pdf, files.cii(paper))


def _button(paper: Document | NoteDocument, kind: _Kind, *, key: str) -> None:
    try:
        content = cached.drawn(f"einvoice {kind.ending}", repr(paper), kind.make)
    except files.NoEinvoice as error:
        st.caption(str(error))
        return
    st.download_button(
        kind.label,
        content,
        file_name=f"{PurePath(paper.file_name).stem}_{kind.ending}",
        mime=kind.mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}_{kind.ending}",
        width="stretch",
    )
    if kind.caption:
        st.caption(kind.caption)

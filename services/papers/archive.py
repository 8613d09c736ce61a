"""The last step of a paper that is kept for years: PDF/A-3b, proven by a validator before anybody gets it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pikepdf
from pikepdf import pdfa

from services.errors import BrokenInvariant

FLAVOUR = "3b"

_DATES = re.compile(rb"(<xmp:(?:Create|Modify|Metadata)Date>)[^<]*(<)")


class NotArchivable(BrokenInvariant):
    """The validator refuses a paper we drew: a fault of the drawing, never of what a person typed."""


def archived(drawn: bytes, *, on: date) -> bytes:
    """The same pages as PDF/A-3b dated `on`; the same bytes for the same input. Raises `NotArchivable`."""
    out = BytesIO()
    with pikepdf.open(BytesIO(drawn)) as pdf:
        for page in pdf.pages:
            if "/Trans" in page:  # reportlab writes an empty one, which no validator can judge
                del page["/Trans"]
        pdfa.prepare(pdf, FLAVOUR)
        _date(pdf, on)
        try:
            pdfa.save(pdf, out, FLAVOUR, repair=False, deterministic_id=True)
        except pdfa.PdfaError as error:
            raise NotArchivable(str(error)) from error
    return out.getvalue()


def packed(drawn: bytes) -> bytes:
    """The same pages in a smaller file: the thousands of small objects of a long table's structure are compressed."""
    out = BytesIO()
    with pikepdf.open(BytesIO(drawn)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def findings(content: bytes) -> list[str]:
    """What the validator finds wrong with a file as it was written; empty for a good one."""
    report = pdfa.validate_written(BytesIO(content), FLAVOUR)
    return [str(finding) for finding in report.findings] if report.passed else [str(report), *map(str, report.findings)]


def _date(pdf: pikepdf.Pdf, on: date) -> None:
    # the library stamps the wall clock; a paper drawn again must be the same file
    moment = f"{on.isoformat()}T00:00:00+00:00".encode()
    metadata = pdf.Root.Metadata
    metadata.write(_DATES.sub(rb"\g<1>" + moment + rb"\g<2>", metadata.read_bytes()))
    for key in ("/CreationDate", "/ModDate"):
        pdf.docinfo[key] = pikepdf.String(f"D:{on:%Y%m%d}000000+00'00'")

"""Many papers in one file: a ZIP of PDFs with an index, written to disk one paper at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from services.db.engine import Database
from services.errors import Refused
from services.invoices.pdf import invoice_pdf
from services.invoices.presentation import Paper, PaperKind
from services.invoices.queries import document
from services.invoices.queries.versions import copy_of, versions_of

MOST_PAPERS = 1_000  # in one ZIP: some thirty megabytes
_SAID_EVERY = 10
_DAY = (2000, 1, 1, 0, 0, 0)  # of every file in it: the same papers make the same ZIP

Tell = Callable[[int, int, str], None]


class TooManyPapers(Refused):
    """More papers were asked for than one ZIP holds."""


def zipped(database: Database, invoice_ids: Sequence[int], *, index: bytes, tell: Tell) -> bytes:
    """The newest paper of each invoice and `index` as index.csv; `tell` hears how many are drawn of how many.

    Each paper is read in a view of its own and written at once, so that one at a time is in memory besides the file.
    Raises `TooManyPapers`, and `NoInvoice`.
    """
    if len(invoice_ids) > MOST_PAPERS:
        raise TooManyPapers(f"One ZIP holds {MOST_PAPERS:,} papers; narrow the list down to that.")
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as made:
            made.writestr(_entry("index.csv"), index)
            for number, invoice_id in enumerate(invoice_ids, start=1):
                name, content = _paper(database, invoice_id)
                made.writestr(_entry(name), content)
                if number % _SAID_EVERY == 0 or number == len(invoice_ids):
                    tell(number, len(invoice_ids), f"{number:,} of {len(invoice_ids):,} papers")
        file.seek(0)
        return file.read()


def _paper(database: Database, invoice_id: int) -> tuple[str, bytes]:
    """The newest copy given out: kept byte for byte once there is a later version, drawn again until then."""
    paper = Paper(PaperKind.INVOICE, invoice_id)
    with database.read() as conn:
        told = document(conn, invoice_id)
        kept = {each.version: each.sha256 for each in versions_of(conn, paper)}
        copy = copy_of(conn, kept[told.version]) if told.version in kept else None
    return told.file_name, copy or invoice_pdf(told)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _DAY)
    entry.compress_type = ZIP_DEFLATED
    return entry

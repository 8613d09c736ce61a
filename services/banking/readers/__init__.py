"""One reader a format, and the choice between them by what a file contains, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable

from services.banking.model import ReadFile, Statement, StatementFormat, Unreadable
from services.banking.readers import archive, bai2, camt, mt940, ofx, qif, table, workbook
from services.banking.readers.amounts import text_of
from services.banking.readers.columns import header_of
from services.banking.readers.grid import DaysUnclear, Row, rows_of

LARGEST_BYTES = 25 * 1024 * 1024
MOST_ROWS, MOST_LINES = 1_500_000, 50_000

_MT940_TAG = re.compile(r"^[ \t]*(?:\{4:)?:(?:20|25P?|28C?|60[FM]|61|62[FM]|940):", re.MULTILINE)
_BAI = re.compile(r"01,[^,\n]*,[^,\n]*,\d{6,8},[\d:]{0,8},")

_OTHER = "choose CAMT (XML), MT940, OFX or CSV when you download from the bank."


def read_statement(content: bytes, name: str = "") -> ReadFile:
    """Read a bank's file; `name` only helps the sentence of a refusal. Raises `Unreadable` (`reason`, `row`).

    Nothing is guessed: a file is read whole and to the coin, or refused. Formats by content: CAMT.052, .053 and
    .054 of every version, MT940 and MT942, OFX 1 and 2 (QFX), BAI2,
    QIF, tables of values (CSV, XLSX) of the banks known, and ZIP archives of all of these.
    """
    return _read(content, name, inside=False)


def unknown_table(content: bytes) -> list[Row] | None:
    """The rows of a table, CSV or workbook, of which a person must say something; None for anything else.

    No reader knows its columns by their names, or nothing in it tells whether the day or the month comes first.
    """
    try:
        if content.startswith(b"PK\x03\x04"):
            rows = workbook.rows_of(content) if _is_workbook(content) else []
        else:
            _refuse_binary(content)
            text = text_of(content)
            rows = rows_of(text) if _is_table(text.lstrip("\ufeff \t\r\n")) else []
        if rows and header_of(rows):
            table.statements_of(rows)
            rows = []
    except DaysUnclear:
        return rows
    except Unreadable:
        return None
    return rows or None


def _read(content: bytes, name: str, *, inside: bool) -> ReadFile:
    if not content.strip():
        raise Unreadable(f"{name or 'The file'} is empty; download it from the bank again.")
    if len(content) > LARGEST_BYTES:
        raise Unreadable(f"{name or 'The file'} has more than 25 MB; ask the bank for a shorter period.")
    if content.startswith(b"PK\x03\x04"):
        return _packed(content, inside=inside)
    _refuse_binary(content)
    text = text_of(content)
    if text.count("\n") + text.count("\r") > MOST_ROWS:
        raise Unreadable(f"{name or 'The file'} has more than {MOST_ROWS:,} lines; ask the bank for a shorter period.")
    start = text.lstrip("\ufeff \t\r\n\x00\x01")
    if start.startswith("<") and not _is_ofx(start):
        return ReadFile(StatementFormat.CAMT, camt.read(content))
    if start.startswith("@@:"):  # online banking (HBCI) writes a line's end as two signs
        text = text.replace("@@", "\n")
    for matches, kind, read in _TEXTS:
        if matches(text, start):
            return ReadFile(kind, read(text))
    raise Unreadable(f"This is not a bank statement Ledgerdesk knows; {_OTHER}")


def _is_ofx(start: str) -> bool:
    head = start[:4000].upper()
    return "OFXHEADER" in head or "<OFX>" in head


def _is_table(start: str) -> bool:
    """Whether a line of the beginning has three values or more."""
    return any(line.count(mark) > 1 for line in start[:20_000].splitlines() for mark in ",;\t|")


_Read = Callable[[str], tuple[Statement, ...]]
_TEXTS: tuple[tuple[Callable[[str, str], bool], StatementFormat, _Read], ...] = (
    (lambda _, start: _is_ofx(start), StatementFormat.OFX, ofx.read),
    (lambda _, start: bool(_BAI.match(start)), StatementFormat.BAI2, bai2.read),
    (lambda _, start: bool(qif.HEAD.match(start)), StatementFormat.QIF, qif.read),
    (lambda text, _: bool(_MT940_TAG.search(text.replace("\r", "\n"))), StatementFormat.MT940, mt940.read),
    (lambda _, start: _is_table(start), StatementFormat.CSV, table.read),
)


def _is_workbook(content: bytes) -> bool:
    return b"xl/workbook" in content or b"[Content_Types].xml" in content[:4000]


def _packed(content: bytes, *, inside: bool) -> ReadFile:
    """A workbook, or an archive of statements, each of which must be readable; no line may stand in two of them."""
    if _is_workbook(content):
        return ReadFile(StatementFormat.XLSX, workbook.read(content))
    if inside:
        raise Unreadable("It is an archive inside an archive; unpack it first.")
    statements: list[Statement] = []
    seen: dict[tuple[object, ...], str] = {}
    lines = 0
    for name, member in archive.members(content):
        if name.rpartition("/")[2].startswith(".") or name.startswith("__MACOSX/"):
            continue
        try:
            found = _read(member, name, inside=True).statements
        except Unreadable as refused:
            raise Unreadable(f"“{name[:60]}”: {refused.reason}", refused.row) from refused
        _once(found, name, seen)
        statements += found
        lines += sum(len(each.lines) for each in found)
        if lines > MOST_LINES:
            raise Unreadable(f"The archive has more than {MOST_LINES:,} movements; pack fewer together.")
    if not statements:
        raise Unreadable("The archive holds no statement.")
    return ReadFile(StatementFormat.ZIP, tuple(statements))


def _once(statements: tuple[Statement, ...], name: str, seen: dict[tuple[object, ...], str]) -> None:
    """Refuse a movement that another member of the archive has too: it would be posted twice."""
    for statement in statements:
        for line in statement.booked:
            key = (statement.account, line.booked_on, line.amount, line.remittance, line.bank_reference)
            if seen.setdefault(key, name) != name:
                both = f"“{seen[key][:60]}” and “{name[:60]}”"
                raise Unreadable(f"{both} have the same movement of {line.booked_on}; import them one by one.")


def _refuse_binary(content: bytes) -> None:
    for magic, kind in (
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\xd0\xcf\x11\xe0", "an old XLS workbook"),
    ):
        if content.startswith(magic):
            raise Unreadable(f"This is {kind}, not a statement file; {_OTHER}")

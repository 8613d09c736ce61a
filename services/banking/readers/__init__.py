"""One reader a format, and the choice between them by what a file contains, never by its name."""

from __future__ import annotations

import re

from services.banking.model import ReadFile, StatementFormat, Unreadable
from services.banking.readers import bai2, camt, mt940, ofx
from services.banking.readers.amounts import text_of

LARGEST_BYTES = 25 * 1024 * 1024

_MT940_TAG = re.compile(r"^[ \t]*(?:\{4:)?:(?:20|25P?|28C?|60[FM]|61|62[FM]|940):", re.MULTILINE)
_BAI = re.compile(r"01,[^,\n]*,[^,\n]*,\d{6,8},\d{0,4},")
_CSV = re.compile(r"[^\n]*[,;\t][^\n]*[,;\t]")

_OTHER = "choose CAMT (XML), MT940, OFX or BAI2 when you download from the bank."


def read_statement(content: bytes, name: str = "") -> ReadFile:
    """Read a bank's file; `name` only helps the sentence of a refusal. Raises `Unreadable` (`reason`, `row`).

    Nothing is guessed: a file is read whole and to the coin, or refused. Formats by content: CAMT.052, .053 and
    .054 of every version, MT940 and MT942, OFX 1 and 2 (QFX), BAI2.
    """
    if not content.strip():
        raise Unreadable(f"{name or 'The file'} is empty; download it from the bank again.")
    if len(content) > LARGEST_BYTES:
        raise Unreadable(f"{name or 'The file'} has more than 25 MB; ask the bank for a shorter period.")
    _refuse_binary(content)
    text = text_of(content)
    start = text.lstrip("\ufeff \t\r\n\x00\x01")
    if _is_ofx(start):
        return ReadFile(StatementFormat.OFX, ofx.read(text))
    if start.startswith("<"):
        return ReadFile(StatementFormat.CAMT, camt.read(content))
    if _BAI.match(start):
        return ReadFile(StatementFormat.BAI2, bai2.read(text))
    if start.startswith("@@:"):  # online banking (HBCI) writes a line's end as two signs
        text = text.replace("@@", "\n")
    if _MT940_TAG.search(text.replace("\r", "\n")):
        return ReadFile(StatementFormat.MT940, mt940.read(text))
    if _CSV.match(start):
        raise Unreadable(f"This looks like a table of values (CSV), which cannot be read yet; {_OTHER}")
    raise Unreadable(f"This is not a bank statement Ledgerdesk knows; {_OTHER}")


def _is_ofx(start: str) -> bool:
    head = start[:4000].upper()
    return "OFXHEADER" in head or "<OFX>" in head


def _refuse_binary(content: bytes) -> None:
    for magic, kind in (
        (b"PK\x03\x04", "a ZIP archive or a workbook"),
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "a gzip archive"),
    ):
        if content.startswith(magic):
            raise Unreadable(f"This is {kind}, not a statement file; {_OTHER}")

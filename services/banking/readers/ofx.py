"""OFX 1 (SGML), OFX 2 (XML) and Quicken's QFX: bank and card statements, tolerant of form and never of amounts."""

from __future__ import annotations

import re
from datetime import date

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of, day_of, number_of
from services.banking.readers.sgml import Aggregate, parse
from services.money import Money

MOST_LINES = 50_000

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2,6})?(?:\.\d*)?\s*(?:\[.*\]|Z)?")


def read(text: str) -> tuple[Statement, ...]:
    """Every bank or card statement of the file; raises `Unreadable` with the line of the first fault.

    The closing balance is the ledger balance, never the available one; OFX tells no opening balance.
    """
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Unreadable("The file declares a document type, which no bank statement does; it was not opened.")
    root = parse(text)
    for each in root.each("INVSTMTRS"):
        raise Unreadable("The file is of an investment account, which the books do not hold.", each.row)
    statements = tuple(_statement(each) for each in root.each("STMTRS", "CCSTMTRS"))
    if not statements:
        said = next((each.values.get("MESSAGE", "") for each in root.each("STATUS") if _failed(each)), "")
        told = f"the bank answered “{said[:80]}”" if said else "download it from the bank again"
        raise Unreadable(f"The file holds no statement; {told}.")
    if sum(len(statement.lines) for statement in statements) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES:,} movements; ask the bank for a shorter period.")
    return statements


def _failed(status: Aggregate) -> bool:
    return status.values.get("SEVERITY", "").upper() == "ERROR"


def _statement(found: Aggregate) -> Statement:
    currency = currency_of(found.values.get("CURDEF", ""), found.row)
    movements = list(found.each("STMTTRN", "STMTTRNP"))
    listed = found.part("BANKTRANLIST")
    closing, closed_on = _balance(found.part("LEDGERBAL"), currency)
    lines = tuple(_line(each, currency, entry) for entry, each in enumerate(movements))
    return Statement(
        account=found.part("BANKACCTFROM", "CCACCTFROM").values.get("ACCTID", ""),
        currency=currency if currency != NO_CURRENCY or not lines else lines[0].amount.currency,
        opening=None,
        closing=closing,
        lines=lines,
        opened_on=_bound(listed.values.get("DTSTART", "")),
        closed_on=_bound(listed.values.get("DTEND", "")) or closed_on,
    )


def _balance(found: Aggregate, currency: str) -> tuple[Money | None, date | None]:
    written = found.values.get("BALAMT", "")
    if not written:
        return None, None
    return number_of(written, currency, found.row), _bound(found.values.get("DTASOF", ""))


def _line(found: Aggregate, currency: str, entry: int) -> Line:
    said, pending = found.values, found.name == "STMTTRNP"
    if not said.get("TRNAMT"):
        raise Unreadable("A movement has no amount (TRNAMT).", found.row)
    own = currency_of(found.part("CURRENCY").values.get("CURSYM", ""), found.row)  # the amount is in this one
    booked_on = _day(said.get("DTTRAN" if pending else "DTPOSTED", ""), found.row)
    if booked_on is None:
        raise Unreadable("A movement has no date of booking.", found.row)
    payee = found.part("PAYEE").values.get("NAME", "")
    to = found.part("BANKACCTTO", "CCACCTTO").values.get("ACCTID", "")
    return Line(
        booked_on=booked_on,
        value_on=_day(said.get("DTAVAIL", ""), found.row) or booked_on,
        amount=number_of(said["TRNAMT"], currency if own == NO_CURRENCY else own, found.row),
        counterparty=said.get("NAME", "") or payee,
        remittance=said.get("MEMO", ""),
        bank_reference=said.get("FITID", ""),
        pending=pending,
        counterparty_account=to,
        end_to_end=said.get("REFNUM", ""),
        entry=entry,
        details=1,
        row=found.row,
    )


def _bound(written: str) -> date | None:
    """A day of the period or of a balance: some banks write it their own way, and no movement depends on it."""
    try:
        return _day(written, 0)
    except Unreadable:
        return None


def _day(written: str, row: int) -> date | None:
    """A day written YYYYMMDD with or without a time; None for one that is empty or all zeros."""
    found = _DAY.fullmatch(written)
    if not written or (found and found[1] == "0000"):
        return None
    if not found:
        raise Unreadable(f"“{written[:40]}” is not a date.", row)
    return day_of(int(found[1]), int(found[2]), int(found[3]), row)

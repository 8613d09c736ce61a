"""Write a CAMT.053 (version 8) statement of one of our accounts, as the demo company's bank would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from lxml import etree

from services.banking.model import Line
from services.money import Money, digits

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def write_camt053(
    *,
    account: str,
    holder: str,
    number: str,
    written_at: datetime,
    on: tuple[date, date],
    opening: Money,
    lines: Iterable[Line],
) -> bytes:
    """Write the statement of `account` (IBAN or number) from `on[0]` to `on[1]`; its closing balance is worked out.

    Every line's `amount` is in the opening balance's currency. Reading it back gives the same lines.
    """
    kept = list(lines)
    closing = Money(opening.micros + sum(line.amount.micros for line in kept if not line.pending), opening.currency)
    document = etree.Element("Document", xmlns=NAMESPACE)
    message = etree.SubElement(document, "BkToCstmrStmt")
    stamp = written_at.isoformat(timespec="seconds")
    _add(message, "GrpHdr/MsgId", number, "GrpHdr/CreDtTm", stamp)
    statement = etree.SubElement(message, "Stmt")
    _add(statement, "Id", number, "ElctrncSeqNb", number, "CreDtTm", stamp)
    _add(statement, "FrToDt/FrDtTm", f"{on[0]}T00:00:00", "FrToDt/ToDtTm", f"{on[1]}T23:59:59")
    _add(statement, "Acct/Id/IBAN" if account[:2].isalpha() else "Acct/Id/Othr/Id", account)
    _add(statement, "Acct/Ccy", opening.currency, "Acct/Ownr/Nm", holder)
    for code, balance, day in (("OPBD", opening, on[0]), ("CLBD", closing, on[1])):
        _balance(statement, code, balance, day)
    for line in kept:
        _entry(statement, line)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _balance(statement: etree._Element, code: str, balance: Money, day: date) -> None:
    element = etree.SubElement(statement, "Bal")
    _add(element, "Tp/CdOrPrtry/Cd", code)
    _amount(element, balance)
    _add(element, "Dt/Dt", day.isoformat())


def _entry(statement: etree._Element, line: Line) -> None:
    entry = etree.SubElement(statement, "Ntry")
    _amount(entry, line.amount)
    _add(entry, "Sts/Cd", "PDNG" if line.pending else "BOOK")
    _add(entry, "BookgDt/Dt", line.booked_on.isoformat(), "ValDt/Dt", line.value_on.isoformat())
    if line.bank_reference:
        _add(entry, "AcctSvcrRef", line.bank_reference)
    details = etree.SubElement(etree.SubElement(entry, "NtryDtls"), "TxDtls")
    if line.end_to_end:
        _add(details, "Refs/EndToEndId", line.end_to_end)
    if line.instructed:
        instructed = _path(details, "AmtDtls/InstdAmt/Amt")
        instructed.set("Ccy", line.instructed.currency)
        instructed.text = _plain(line.instructed)
    other = "Dbtr" if line.amount.micros > 0 else "Cdtr"
    if line.counterparty:
        _add(details, f"RltdPties/{other}/Pty/Nm", line.counterparty)
    if line.counterparty_account:
        kind = "IBAN" if line.counterparty_account[:2].isalpha() else "Othr/Id"
        _add(details, f"RltdPties/{other}Acct/Id/{kind}", line.counterparty_account)
    if line.remittance:
        _add(details, "RmtInf/Ustrd", line.remittance)


def _amount(element: etree._Element, money: Money) -> None:
    amount = etree.SubElement(element, "Amt", Ccy=money.currency)
    amount.text = _plain(money if money.micros >= 0 else -money)
    _add(element, "CdtDbtInd", "DBIT" if money.micros < 0 else "CRDT")


def _plain(money: Money) -> str:
    return f"{money.amount:.{digits(money.currency)}f}"


def _add(element: etree._Element, *paths_and_texts: str) -> None:
    for path, text in zip(paths_and_texts[::2], paths_and_texts[1::2], strict=True):
        _path(element, path).text = text


def _path(element: etree._Element, path: str) -> etree._Element:
    """The element at a path, with every parent that was missing; the last is always a new one."""
    *parents, last = path.split("/")
    for name in parents:
        found = element.find(name)
        element = etree.SubElement(element, name) if found is None else found
    return etree.SubElement(element, last)

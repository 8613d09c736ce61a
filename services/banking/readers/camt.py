"""ISO 20022 CAMT.052, .053 and .054 of every version: entries by their booked amount, batches split only when exact."""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of, day_of, money_of
from services.banking.readers.parties import Details, details_of, entry_details
from services.money import Money, zero

MOST_LINES, MOST_STATEMENTS = 50_000, 5_000

_MESSAGES = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
_STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
_MOST_TAGS = 2_500_000
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement of the one document in the file; raises `Unreadable` with the line of the first fault."""
    message = _message(_root(content))
    found = [each for each in message if each.tag in _STATEMENTS]
    if not found:
        raise Unreadable("The file holds no statement; download it from the bank again.", _row(message))
    if len(found) > MOST_STATEMENTS:
        raise Unreadable(f"The file has more than {MOST_STATEMENTS:,} statements; ask the bank for a shorter period.")
    made_on = _day(message, "GrpHdr/CreDtTm")
    statements = tuple(_statement(each, made_on) for each in found)
    if sum(len(statement.lines) for statement in statements) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES:,} entries; ask the bank for a shorter period.")
    return statements


def _root(content: bytes) -> etree._Element:
    content, encoding = content.lstrip(b" \t\r\n"), None
    if b"encoding" not in content[:200] or re.search(rb"encoding=.utf-8", content[:200], re.IGNORECASE):
        content, encoding = _as_utf8(content)
    if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
        raise Unreadable("The file declares a document type, which no bank statement does; it was not opened.")
    if content.count(b"<?xml") > 1:
        raise Unreadable("The file holds more than one document; split it and import each.")
    details = content.count(b"TxDtls>") // 2
    if details > MOST_LINES or content.count(b"<") > _MOST_TAGS or content.count(b"=") > _MOST_TAGS // 2:
        raise Unreadable("The file has more elements than any bank's; ask the bank for a shorter period.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        encoding=encoding,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        row = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        if "Extra content" in str(error):
            raise Unreadable("The file holds more than one document; split it and import each.", row) from error
        raise Unreadable("The file is not whole XML; download it from the bank again.", row) from error
    for element in root.iter(etree.Element):  # every version has its own namespace: only the names matter
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def _as_utf8(content: bytes) -> tuple[bytes, str | None]:
    """Banks call their Windows letters UTF-8; everything else is the parser's to find out."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        return content, None
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").encode(), "utf-8"
    return content, None


def _message(root: etree._Element) -> etree._Element:
    messages = [each for each in root.iter(etree.Element) if str(each.tag).startswith(_MESSAGES)]
    if len(messages) > 1:
        raise Unreadable("The file holds more than one document; split it and import each.", _row(messages[1]))
    if not messages:
        name = str(root[0].tag if root.tag == "Document" and len(root) else root.tag)[:40]
        raise Unreadable(f"This is XML, but “{name}” is no CAMT.052, .053 or .054 statement.", _row(root))
    return messages[0]


def _statement(element: etree._Element, made_on: date | None) -> Statement:
    account = element.find("Acct")
    default = _currency(element, account)
    opening = _balance(element, ("OPBD", "PRCD"), default)
    closing = _balance(element, ("CLBD",), default)
    days = (_day(element, path) for path in ("CreDtTm", "FrToDt/ToDtTm", "Bal/Dt/Dt", "Bal/Dt/DtTm"))
    fallback = closing[1] or opening[1] or next(filter(None, days), made_on)
    lines: list[Line] = []
    for index, entry in enumerate(element.iterfind("Ntry")):
        lines += _lines(entry, index, default, fallback, is_statement=element.tag == "Stmt")
    said = [default, *(money.currency for money in (opening[0], closing[0]) if money)]
    lined = list(dict.fromkeys(line.amount.currency for line in lines))
    currency = next((code for code in [said[0], *lined[:1], *said[1:]] if code != NO_CURRENCY), NO_CURRENCY)
    return Statement(
        account=_account(account),
        currency=currency,
        opening=opening[0],
        closing=closing[0],
        lines=tuple(lines),
        number=_text(element, "LglSeqNb") or _text(element, "ElctrncSeqNb") or _text(element, "Id"),
        opened_on=_day(element, "FrToDt/FrDtTm") or opening[1],
        closed_on=_day(element, "FrToDt/ToDtTm") or closing[1],
    )


def _currency(statement: etree._Element, account: etree._Element | None) -> str:
    """What amounts without a currency are in: the account's, or the one its balances are all in."""
    if own := _text(account, "Ccy"):
        return currency_of(own, _row(statement))
    named = {amount.get("Ccy", "").strip() for amount in statement.iterfind("Bal/Amt")} - {""}
    return currency_of(named.pop(), _row(statement)) if len(named) == 1 else NO_CURRENCY


def _account(account: etree._Element | None) -> str:
    for path in ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC"):
        if text := _text(account, path):
            return text
    return ""


def _balance(statement: etree._Element, codes: tuple[str, ...], currency: str) -> tuple[Money | None, date | None]:
    """The first opening or last closing booked balance; interim, available and forward ones are not of the books."""
    for code in codes:
        found = [each for each in statement.iterfind("Bal") if _balance_code(each) == code]
        if found:
            chosen = found[-1] if code == "CLBD" else found[0]
            money = _signed(_amount(chosen, currency), _text(chosen, "CdtDbtInd") or "CRDT", chosen)
            return money, _day(chosen, "Dt/Dt") or _day(chosen, "Dt/DtTm")
    return None, None


def _balance_code(balance: etree._Element) -> str:
    return _text(balance, "Tp/CdOrPrtry/Cd") or _text(balance, "Tp/Cd") or _text(balance, "Tp/CdOrPrtry/Prtry")


def _lines(
    entry: etree._Element, index: int, currency: str, fallback: date | None, *, is_statement: bool
) -> list[Line]:
    amount = _signed(_amount(entry, currency), _text(entry, "CdtDbtInd"), entry)
    status = (
        _text(entry, "Sts/Cd") or _text(entry, "Sts/Prtry") or _text(entry, "Sts") or ("BOOK" if is_statement else "")
    )
    booked_on = _day(entry, "BookgDt/Dt") or _day(entry, "BookgDt/DtTm")
    value_on = _day(entry, "ValDt/Dt") or _day(entry, "ValDt/DtTm")
    day = booked_on or value_on or fallback
    if day is None:
        raise Unreadable("The entry has neither a booking nor a value date.", _row(entry))
    is_reversal = _text(entry, "RvslInd") in {"true", "1"}
    parts = _parts(entry, amount, is_reversal=is_reversal)
    return [
        Line(
            booked_on=day,
            value_on=value_on or day,
            amount=share,
            counterparty=said.counterparty,
            remittance=said.remittance or _text(entry, "AddtlNtryInf"),
            bank_reference=said.bank_reference or _text(entry, "AcctSvcrRef"),
            pending=status != "BOOK",
            counterparty_account=said.account,
            end_to_end=said.end_to_end,
            uetr=said.uetr,
            virtual_account=said.virtual_account,
            instructed=said.instructed,
            charges=said.charges,
            reversal=is_reversal,
            entry=index,
            details=said.count,
            row=_row(entry),
        )
        for share, said in parts
    ]


def _parts(entry: etree._Element, amount: Money, *, is_reversal: bool) -> list[tuple[Money, Details]]:
    """The entry whole, or one part a transaction when all are in its currency and sum to it exactly."""
    found = list(entry.iter("TxDtls"))
    incoming = amount.micros > 0
    if len(found) > 1:
        shares = _shares(found, amount)
        if shares:
            return [
                (share, details_of(each, incoming=share.micros > 0, is_reversal=is_reversal))
                for share, each in zip(shares, found, strict=True)
            ]
    return [(amount, entry_details(found, incoming=incoming, is_reversal=is_reversal))]


def _shares(found: list[etree._Element], amount: Money) -> list[Money]:
    bare: list[Money] = []
    signs: list[str] = []
    for each in found:
        own = each.find("Amt") if each.find("Amt") is not None else each.find("AmtDtls/TxAmt/Amt")
        if own is None or own.get("Ccy") != amount.currency:
            return []
        bare.append(money_of((own.text or "").strip(), amount.currency, _row(own)))
        signs.append(_text(each, "CdtDbtInd"))
    sign = "CRDT" if amount.micros > 0 else "DBIT"
    for direction in ([own or sign for own in signs], [sign] * len(found)):
        shares = [money if said == "CRDT" else -money for money, said in zip(bare, direction, strict=True)]
        if sum(share.micros for share in shares) == amount.micros:
            return shares
    return []


def _amount(element: etree._Element, currency: str) -> Money:
    found = element.find("Amt")
    if found is None:
        raise Unreadable(f"<{element.tag}> has no amount.", _row(element))
    code = currency_of(found.get("Ccy") or currency, _row(found))
    return money_of((found.text or "").strip(), code, _row(found))


def _signed(money: Money, direction: str, element: etree._Element) -> Money:
    if direction == "CRDT":
        return money
    if direction == "DBIT":
        return zero(money.currency) - money
    raise Unreadable(f"<{element.tag}> says neither credit nor debit.", _row(element))


def _text(element: etree._Element | None, path: str) -> str:
    return "" if element is None else " ".join((element.findtext(path) or "").split())


def _day(element: etree._Element, path: str) -> date | None:
    text = _text(element, path)
    if not text:
        return None
    found = _DAY.match(text)
    if not found:
        raise Unreadable(f"“{text[:40]}” is not a date.", _row(element))
    return day_of(int(found[1]), int(found[2]), int(found[3]), _row(element))


def _row(element: etree._Element) -> int | None:
    row = element.sourceline
    return row if isinstance(row, int) else None

"""ISO 20022 CAMT.052, .053 and .054 of every version: entries by their booked amount, batches split only when exact."""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of, day_of, money_of
from services.banking.readers.elements import at, root_of, row_of, text_at
from services.banking.readers.parties import Details, details_of, entry_details
from services.money import Money, zero

MOST_LINES, MOST_STATEMENTS = 50_000, 5_000

_MESSAGES = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
_STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement of the one document in the file; raises `Unreadable` with the line of the first fault."""
    message = _message(root_of(content))
    found = [each for each in message if each.tag in _STATEMENTS]
    if not found:
        raise Unreadable("The file holds no statement; download it from the bank again.", row_of(message))
    if len(found) > MOST_STATEMENTS:
        raise Unreadable(f"The file has more than {MOST_STATEMENTS:,} statements; ask the bank for a shorter period.")
    made_on = _day(message, "GrpHdr/CreDtTm")
    statements = tuple(_statement(each, made_on) for each in found)
    if sum(len(statement.lines) for statement in statements) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES:,} entries; ask the bank for a shorter period.")
    return statements


def _message(root: etree._Element) -> etree._Element:
    messages = [each for each in root.iter(etree.Element) if str(each.tag).startswith(_MESSAGES)]
    if len(messages) > 1:
        raise Unreadable("The file holds more than one document; split it and import each.", row_of(messages[1]))
    if not messages:
        name = str(root[0].tag if root.tag == "Document" and len(root) else root.tag)[:40]
        raise Unreadable(f"This is XML, but “{name}” is no CAMT.052, .053 or .054 statement.", row_of(root))
    return messages[0]


def _statement(element: etree._Element, made_on: date | None) -> Statement:
    account = at(element, "Acct")
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
        number=text_at(element, "LglSeqNb") or text_at(element, "ElctrncSeqNb") or text_at(element, "Id"),
        opened_on=_day(element, "FrToDt/FrDtTm") or opening[1],
        closed_on=_day(element, "FrToDt/ToDtTm") or closing[1],
    )


def _currency(statement: etree._Element, account: etree._Element | None) -> str:
    """What amounts without a currency are in: the account's, or the one its balances are all in."""
    if own := text_at(account, "Ccy"):
        return currency_of(own, row_of(statement))
    named = {amount.get("Ccy", "").strip() for amount in statement.iterfind("Bal/Amt")} - {""}
    return currency_of(named.pop(), row_of(statement)) if len(named) == 1 else NO_CURRENCY


def _account(account: etree._Element | None) -> str:
    for path in ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC"):
        if text := text_at(account, path):
            return text
    return ""


def _balance(statement: etree._Element, codes: tuple[str, ...], currency: str) -> tuple[Money | None, date | None]:
    """The first opening or last closing booked balance; interim, available and forward ones are not of the books."""
    for code in codes:
        found = [each for each in statement.iterfind("Bal") if _balance_code(each) == code]
        if found:
            chosen = found[-1] if code == "CLBD" else found[0]
            money = _signed(_amount(chosen, currency), text_at(chosen, "CdtDbtInd") or "CRDT", chosen)
            return money, _day(chosen, "Dt/Dt") or _day(chosen, "Dt/DtTm")
    return None, None


def _balance_code(balance: etree._Element) -> str:
    return text_at(balance, "Tp/CdOrPrtry/Cd") or text_at(balance, "Tp/Cd") or text_at(balance, "Tp/CdOrPrtry/Prtry")


def _lines(
    entry: etree._Element, index: int, currency: str, fallback: date | None, *, is_statement: bool
) -> list[Line]:
    amount = _signed(_amount(entry, currency), text_at(entry, "CdtDbtInd"), entry)
    status = (
        text_at(entry, "Sts/Cd")
        or text_at(entry, "Sts/Prtry")
        or text_at(entry, "Sts")
        or ("BOOK" if is_statement else "")
    )
    booked_on = _day(entry, "BookgDt/Dt") or _day(entry, "BookgDt/DtTm")
    value_on = _day(entry, "ValDt/Dt") or _day(entry, "ValDt/DtTm")
    day = booked_on or value_on or fallback
    if day is None:
        raise Unreadable("The entry has neither a booking nor a value date.", row_of(entry))
    is_reversal = text_at(entry, "RvslInd") in {"true", "1"}
    parts = _parts(entry, amount, is_reversal=is_reversal)
    return [
        Line(
            booked_on=day,
            value_on=value_on or day,
            amount=share,
            counterparty=said.counterparty,
            remittance=said.remittance or text_at(entry, "AddtlNtryInf"),
            bank_reference=said.bank_reference or text_at(entry, "AcctSvcrRef"),
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
            row=row_of(entry),
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
        own = at(each, "Amt")
        own = at(each, "AmtDtls/TxAmt/Amt") if own is None else own
        if own is None or own.get("Ccy") != amount.currency:
            return []
        try:
            bare.append(money_of((own.text or "").strip(), amount.currency, row_of(own)))
        except Unreadable:
            return []  # the entry's own amount is the money; one of its details only cannot divide it
        signs.append(text_at(each, "CdtDbtInd"))
    sign = "CRDT" if amount.micros > 0 else "DBIT"
    for direction in ([own or sign for own in signs], [sign] * len(found)):
        shares = [money if said == "CRDT" else -money for money, said in zip(bare, direction, strict=True)]
        if sum(share.micros for share in shares) == amount.micros:
            return shares
    return []


def _amount(element: etree._Element, currency: str) -> Money:
    found = at(element, "Amt")
    if found is None:
        raise Unreadable(f"<{element.tag}> has no amount.", row_of(element))
    code = currency_of(found.get("Ccy") or currency, row_of(found))
    return money_of((found.text or "").strip().removeprefix("+"), code, row_of(found))


def _signed(money: Money, direction: str, element: etree._Element) -> Money:
    if direction == "CRDT":
        return money
    if direction == "DBIT":
        return zero(money.currency) - money
    raise Unreadable(f"<{element.tag}> says neither credit nor debit.", row_of(element))


def _day(element: etree._Element, path: str) -> date | None:
    text = text_at(element, path)
    if not text:
        return None
    found = _DAY.match(text)
    if not found:
        raise Unreadable(f"“{text[:40]}” is not a date.", row_of(element))
    return day_of(int(found[1]), int(found[2]), int(found[3]), row_of(element))

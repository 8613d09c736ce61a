"""Who is behind a CAMT transaction, what it was for, and the references it carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from services.banking.model import Unreadable
from services.banking.readers.amounts import currency_of, money_of
from services.banking.readers.elements import at, text_at
from services.money import Money

_LONGEST = 2_000  # of the joined texts of a batch that could not be split
_NOTHING = frozenset(("", "NOTPROVIDED", "NONREF"))


@dataclass(frozen=True, slots=True)
class Details:
    """What the transaction details say about one line."""

    counterparty: str = ""
    account: str = ""
    remittance: str = ""
    bank_reference: str = ""
    end_to_end: str = ""
    uetr: str = ""
    virtual_account: str = ""
    instructed: Money | None = None
    charges: Money | None = None
    count: int = 0


def entry_details(found: Sequence[etree._Element], *, incoming: bool, is_reversal: bool) -> Details:
    """Read the details of an entry that stays one line: everything of a single one, the texts of many."""
    if not found:
        return Details()
    each = [details_of(one, incoming=incoming, is_reversal=is_reversal) for one in found]
    if len(each) == 1:
        return each[0]
    names = {one.counterparty for one in each}
    accounts = {one.account for one in each}
    return Details(
        counterparty=names.pop() if len(names) == 1 else "",
        account=accounts.pop() if len(accounts) == 1 else "",
        remittance=" · ".join(dict.fromkeys(one.remittance for one in each if one.remittance))[:_LONGEST],
        count=len(each),
    )


def details_of(details: etree._Element, *, incoming: bool, is_reversal: bool) -> Details:
    """Read one `TxDtls`; `incoming` says which of debtor and creditor is the other party.

    A reversal keeps the parties of what it takes back, with most banks; some turn them round.
    """
    other, own = ("Dbtr", "Cdtr") if incoming != is_reversal else ("Cdtr", "Dbtr")
    parties = at(details, "RltdPties")
    found = Details(
        remittance=" ".join(dict.fromkeys(_remittance(details))) or text_at(details, "AddtlTxInf"),
        bank_reference=text_at(details, "Refs/AcctSvcrRef"),
        end_to_end=_known(text_at(details, "Refs/EndToEndId")),
        uetr=text_at(details, "Refs/UETR"),
        instructed=_money(details, "AmtDtls/InstdAmt/Amt"),
        charges=_money(details, "Chrgs/TtlChrgsAndTaxAmt"),
        count=1,
    )
    if parties is None:
        return found
    if is_reversal and at(parties, other) is None:
        other, own = own, other
    return replace(
        found,
        counterparty=_name(parties, other) or _name(parties, f"Ultmt{other}"),
        account=_account(parties, f"{other}Acct"),
        virtual_account=text_at(parties, f"{own}Acct/Id/Othr/Id"),
    )


def _name(parties: etree._Element, role: str) -> str:
    for path in (f"{role}/Nm", f"{role}/Pty/Nm", f"{role}/Agt/FinInstnId/Nm"):
        if text := text_at(parties, path):
            return text
    return ""


def _account(parties: etree._Element, role: str) -> str:
    for path in ("IBAN", "Othr/Id", "PrtryAcct/Id", "BBAN"):
        if text := text_at(parties, f"{role}/Id/{path}"):
            return text
    return ""


def _remittance(details: etree._Element) -> Iterator[str]:
    """Texts first, then every structured reference: what a payer types ends in either."""
    for each in details.iterfind("RmtInf/Ustrd"):
        if text := " ".join((each.text or "").split()):
            yield text
    for each in details.iterfind("RmtInf/Strd"):
        for path in ("CdtrRefInf/Ref", "CdtrRefInf/CdtrRef", "RfrdDocInf/Nb", "RfrdDocInf/RfrdDocNb", "AddtlRmtInf"):
            if text := text_at(each, path):
                yield text


def _money(details: etree._Element, path: str) -> Money | None:
    """A secondary amount: it is shown, never booked, so one that cannot be read is left out."""
    found = at(details, path)
    if found is None or not found.get("Ccy"):
        return None
    try:
        return money_of((found.text or "").strip(), currency_of(found.get("Ccy", ""), None), None)
    except Unreadable:
        return None


def _known(text: str) -> str:
    return "" if text in _NOTHING else text

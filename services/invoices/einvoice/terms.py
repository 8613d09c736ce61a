"""A paper told in the business terms (BT) and groups (BG) of EN 16931; it only repeats what the document says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stdnum import iban
from stdnum.au import abn
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat
from stdnum.sg import uen

from services.customers import business_id
from services.customers.model import InvoiceDetails
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document, PayTo, Seller
from services.money import Money, digits
from services.papers.wording import say

Terms = dict[str, Any]

INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
TRANSFER, CARD, SEPA_TRANSFER = "30", "48", "58"  # UNTDID 4461
ONE = "C62"  # UN/ECE Recommendation 20: one piece
ABN_SCHEME, UEN_SCHEME, NZBN_SCHEME = "0151", "0195", "0088"  # ISO 6523
_ADDRESS_LINES = ("addr_l1", "addr_l2", "addr_l3")  # BT-35/36/162 and BT-50/51/163; EN 16931 has no fourth
_TENTH = "10"


def invoice_terms(document: Document) -> Terms:
    """The terms of an issued invoice; a draft has no number and is never told to a program."""
    account = document.account_id
    terms = _common(document, document.number or "", INVOICE) | {
        "BT-9": None if document.paid_by else document.due_on,
        "BT-13": document.po_number,
        **_used(document),
        "BG-1": [{"BT-22": note} for note in (document.tax_note, say(_outlook(document), document.language)) if note],
        "BG-7": buyer_party(document.buyer, country=document.country, account_id=account),
        "BG-25": [
            _line(line.words, line.amount, _category(document), number=number)
            for number, line in enumerate(document.printed_lines, start=1)
        ],
        "BT-20": say("nothing_due" if document.paid_by else document.hint, document.language),
    }
    return _without_nothing(terms | (_card(document) if document.paid_by else _payment(document)))


def _used(document: Document) -> Terms:
    """The days one in arrears is for."""
    return {"BT-73": document.used.starts_on, "BT-74": document.used.last_day} if document.used else {}


def _outlook(document: Document) -> str:
    """What becomes of the invoice, by the name of the sentence."""
    if document.paid_by:
        return "nothing_due"
    return "owed" if document.in_arrears else "credited"


def credit_note_terms(note: NoteDocument) -> Terms:
    """The terms of a credit or adjustment note: amounts are positive, and the invoice it takes back is named (BG-3)."""
    terms = _common(note, note.number, CREDIT_NOTE) | {
        "BG-1": [{"BT-22": note.reason}] if note.reason else [],
        "BG-3": [{"BT-25": note.invoice_number, "BT-26": note.invoice_issued_on}],
        "BG-7": buyer_party(note.buyer, country=note.country, account_id=note.account_id),
        "BG-25": [_line(say("line", note.language), note.net, _category(note))],
        "BT-20": say("note_terms", note.language),  # BR-CO-25: something is due, so how it is settled is said
    }
    return _without_nothing(terms)


def _common(paper: Document | NoteDocument, number: str, kind: str) -> Terms:
    """What both kinds of paper have: number, day, kind, currency, seller, totals and the one line of the tax."""
    currency = paper.gross.currency
    totals = {
        "BT-106": amount(paper.net),
        "BT-109": amount(paper.net),
        "BT-110": amount(paper.tax),
        "BT-112": amount(paper.gross),
        "BT-115": amount(paper.gross),
    }
    if paper.tax_aud:
        totals |= {"BT-6": paper.tax_aud.currency, "BT-111": amount(paper.tax_aud)}
    named = {"BT-1": number, "BT-2": paper.issued_on, "BT-3": kind, "BT-5": currency, "BT-10": paper.username}
    named["BT-72"] = paper.issued_on  # credit is supplied when it is invoiced: the tax point the papers print
    return (
        named | {"BG-4": seller_party(paper.seller, taxed=_category(paper) != "O")} | totals | {"BG-23": [_tax(paper)]}
    )


def seller_party(seller: Seller, *, taxed: bool) -> Terms:
    """The seller: its ABN as legal registration, and as VAT identifier unless the supply is outside tax (BR-O-02)."""
    number = abn.compact(seller.abn)
    party: Terms = {
        "name": seller.name,
        "legal_identifier": number,
        "legal_identifier_schemeid": ABN_SCHEME,
        "country_code": "AU",
        "contacts": [{"name": seller.name, "phone": seller.phone, "email": seller.email}],
    }
    return party | _address(seller.address) | ({"vat_identifier": f"AU{number}"} if taxed else {})


def buyer_party(buyer: InvoiceDetails, *, country: str, account_id: str) -> Terms:
    """The buyer as printed; a company id becomes a VAT identifier or a registration with its scheme where it is one."""
    contact = {"name": buyer.contact_name, "phone": buyer.contact_phone, "email": buyer.email}
    party: Terms = {
        "name": buyer.company_name or buyer.contact_name,
        "identifiers": {None: account_id},
        "country_code": country,
        "contacts": [contact],
    }
    return party | _address(buyer.address.split("\n")) | _registration(buyer.business_id, country)


def registration_scheme(number: str, country: str) -> str | None:
    """The ISO 6523 scheme of a company id however it is typed, where it is Australian, of New Zealand or Singapore."""
    compact = business_id.compact(number)
    if country == "AU" and abn.is_valid(compact):
        return ABN_SCHEME
    if country == "NZ" and compact.isdigit() and len(compact) == 13:  # noqa: PLR2004 - a New Zealand business number
        return NZBN_SCHEME
    return UEN_SCHEME if country == "SG" and uen.is_valid(compact) else None


def amount(money: Money) -> str:
    """The amount with exactly its currency's decimals and a point: "1250.50", "567"."""
    return f"{money.amount:.{digits(money.currency)}f}"


def _registration(number: str, country: str) -> Terms:
    if not number:
        return {}
    compact = business_id.compact(number)
    if country == "GB" and gb_vat.is_valid(compact):
        return {"vat_identifier": f"GB{gb_vat.compact(compact)}"}
    if eu_vat.is_valid(compact):
        return {"vat_identifier": eu_vat.compact(compact)}
    found: Terms = {"legal_identifier": compact if registration_scheme(number, country) else number}
    if scheme := registration_scheme(number, country):
        found["legal_identifier_schemeid"] = scheme
    return found


def _category(paper: Document | NoteDocument) -> str:
    """UNCL 5305: S taxed, G an export without tax, O outside tax (Australian credit taxed when it is used)."""
    if paper.tax:
        return "S"
    return "O" if paper.country == "AU" else "G"


def _tax(paper: Document | NoteDocument) -> Terms:
    category = _category(paper)
    breakdown: Terms = {"BT-116": amount(paper.net), "BT-117": amount(paper.tax), "BT-118": category}
    if category == "S":
        return breakdown | {"BT-119": _TENTH}
    reason = paper.tax_note if isinstance(paper, Document) else ""
    code = "VATEX-EU-G" if category == "G" else "VATEX-EU-O"
    return breakdown | {"BT-120": reason, "BT-121": code} | ({"BT-119": "0"} if category == "G" else {})


def _line(name: str, net: Money, category: str, *, number: int = 1) -> Terms:
    rate = {"S": {"BT-152": _TENTH}, "G": {"BT-152": "0"}}.get(category, {})
    # what a line takes off is a negative quantity: a price is never below zero (BR-27)
    times = "1" if net.micros >= 0 else "-1"
    price = {"BT-146": amount(max(net, -net, key=lambda each: each.micros)), "BT-131": amount(net)}
    return {"BT-126": str(number), "BT-129": times, "BT-130": ONE, "BT-151": category, "BT-153": name} | price | rate


def _payment(document: Document) -> Terms:
    """How to pay (BG-16, BG-17): by transfer, to an IBAN where there is one, with the reference to write on it."""
    pay_to = document.pay_to
    is_iban = bool(pay_to.iban) and iban.is_valid(pay_to.iban)
    account = iban.compact(pay_to.iban) if is_iban else _account_number(pay_to)
    terms = {
        "BT-81": SEPA_TRANSFER if is_iban and document.gross.currency == "EUR" else TRANSFER,
        "BT-83": document.reference,
    }
    return terms | ({"BT-84": account, "BT-85": pay_to.holder, "BT-86": pay_to.bic} if account else {})


def _card(document: Document) -> Terms:
    """A card has paid all of it: nothing is due (BT-113, BT-115), and no account is named."""
    nothing = Money(0, document.gross.currency)
    return {"BT-81": CARD, "BT-113": amount(document.gross), "BT-115": amount(nothing)}


def _account_number(pay_to: PayTo) -> str:
    """What the paper prints of an account without an IBAN, bank code first: "062-000 1234 5678"."""
    said_elsewhere = {pay_to.holder, pay_to.bank, pay_to.bic, ""}
    return " ".join(value for _label, value in pay_to.lines if value not in said_elsewhere)


def _address(lines: Sequence[str]) -> Terms:
    """Free lines into the three that there are; what is more stands in the last, parted by commas."""
    kept = [line.strip() for line in lines if line.strip()]
    first = [*kept[:2], ", ".join(kept[2:])]
    return {name: line for name, line in zip(_ADDRESS_LINES, first, strict=False) if line}


def _without_nothing(terms: Terms) -> Terms:
    """The same terms without the empty ones: a term that says nothing is left out, never sent empty."""
    cleaned = {key: _said(value) for key, value in terms.items()}
    return {key: value for key, value in cleaned.items() if value not in (None, "", [], {})}


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_nothing(value)
    return [_said(each) for each in value] if isinstance(value, list) else value

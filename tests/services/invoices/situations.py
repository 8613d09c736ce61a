"""Papers of every situation an invoice meets, under the tax rules the books are loaded with."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw

from services.customers.model import InvoiceDetails
from services.invoices.credit_note import NoteKind
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document, PayTo, PrintedLine, Seller, tax_in_aud, tax_label
from services.invoices.paid_by import PaidByCard
from services.invoices.treatment import untaxed
from services.money import Money
from services.periods import month_of
from services.pictures import Picture, picture_of
from services.pricing.model import TaxTreatment, split_gross
from services.pricing.reference import read_tax_rules
from services.settings import ROOT

RULES = {rule.country: rule.treatment for rule in read_tax_rules((ROOT / "data" / "tax_rules.toml").read_text())}
SELLER = Seller(
    "Harbour Messaging Pty Ltd",
    "51 824 753 556",
    ("Level 4, 120 Example Street", "Sydney NSW 2000", "Australia"),
    "accounts@harbour.example",
    "+61 2 5550 1234",
    "www.harbour.example",
)
BANKS = {
    "AUD": (("BSB", "062-000"), ("Account number", "1234 5678")),
    "EUR": (("IBAN", "DE89 3704 0044 0532 0130 00"), ("BIC", "COBADEFFXXX")),
    "GBP": (("Sort code", "20-00-00"), ("Account number", "5577 9911")),
    "JPY": (("Bank code", "0001"), ("Branch code", "001"), ("Account number", "7654321")),
    "NZD": (("Account number", "01-0001-0000001-00"),),
    "SGD": (("Bank code", "7171"), ("Account number", "001-234567-8")),
    "USD": (("ABA routing number", "021000021"), ("Account number", "5550123456"), ("SWIFT/BIC", "EXAMUS33")),
}
RATES = {"AUD": "1", "USD": "1.424", "EUR": "1.655"}
BUYERS = {
    "AU": InvoiceDetails("Wattle & Daughters Pty Ltd", "45 Sample Road\nMelbourne VIC 3000", "51 824 753 556"),
    "NZ": InvoiceDetails("Fern Example Limited", "2 Sample Quay\nWellington 6011\nNew Zealand", "9429041234563"),
    "GB": InvoiceDetails("Thistle Example Ltd", "1 Sample Street\nLeeds LS1 1AA\nUnited Kingdom", "GB 980 7806 84"),
    "FR": InvoiceDetails("Société d’Exemple SARL", "12 rue des Érables\n69003 Lyon\nFrance", "FR 40 303265045"),
    "DE": InvoiceDetails("Beispiel Größe GmbH", "Musterstraße 1\n10115 Berlin\nGermany", "DE 136695976"),
    "US": InvoiceDetails("Maple Example Inc.", "9 Sample Avenue\nAustin TX 78701\nUSA", "12-3456789"),
    "SG": InvoiceDetails("Merlion Example Pte. Ltd.", "10 Sample Road\nSingapore 048621", "201912345R"),
    "JP": InvoiceDetails("株式会社サンプル通信", "東京都千代田区見本町1-1\nJapan"),
    "CN": InvoiceDetails("北京示例科技有限公司", "北京市朝阳区示例路88号\nChina"),
    "AE": InvoiceDetails("شركة الخليج للاتصالات (دبي)", "شارع المثال 12\nدبي\nUnited Arab Emirates"),
}
CONTACTS = {"JP": "山田 太郎", "CN": "王小明", "AE": "سارة عبد الله"}


def invoice(
    country: str, currency: str, amount: str, *, language: str = "en", on_use: bool = False, **changes: object
) -> Document:
    """An issued invoice to that country, in that currency, of that total; `on_use` is taxed only when it is used."""
    treatment = RULES.get(country, RULES["*"])
    treatment = untaxed(treatment) if on_use else treatment
    split = split_gross(Money.of(amount, currency), treatment)
    rate = RATES.get(currency, "1")
    made = Document(
        title=treatment.title(language),
        number="INV-2026-000123",
        reference="CS123456789",
        issued_on=date(2026, 11, 20),
        due_on=date(2026, 12, 20),
        seller=SELLER,
        buyer=buyer(country, language),
        country=country,
        account_id="10123",
        username=f"buyer-{country.lower()}",
        language=language,
        net=split.net,
        tax=split.tax,
        gross=split.gross,
        shows_tax=treatment.shows_tax,
        tax_label=tax_label(treatment),
        tax_note=treatment.note(language),
        pay_to=pay_to(currency),
        rate=rate,
        rate_on=date(2026, 11, 19),
        rate_source="European Central Bank",
        tax_aud=tax_in_aud(split.tax, Decimal(rate)),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def buyer(country: str, language: str = "en") -> InvoiceDetails:
    """Complete details of the buyer in that country."""
    contact = CONTACTS.get(country, "Ada O’Brien")
    return replace(
        BUYERS[country], email="pay@buyer.example", contact_name=contact, contact_phone="+61 3 5550 9876",
        language=language,
    )  # fmt: skip


def pay_to(currency: str) -> PayTo:
    """Our account in that currency."""
    euro = currency == "EUR"
    iban, bic = ("DE89 3704 0044 0532 0130 00", "COBADEFFXXX") if euro else ("", "")
    return PayTo(SELLER.name, f"Example Bank {currency}", BANKS[currency], iban, bic, date(2026, 5, 4))


def note(of: Document, amount: str, *, returned: str = "0", reason: str = "The order was cancelled.") -> NoteDocument:
    """A credit or adjustment note over part of an invoice."""
    code = of.gross.currency
    treatment: TaxTreatment = RULES.get(of.country, RULES["*"])
    split = split_gross(Money.of(amount, code), treatment if of.shows_tax else RULES["*"])
    return NoteDocument(
        kind=NoteKind.ADJUSTMENT if split.tax else NoteKind.CREDIT,
        number="AN-2026-000007" if split.tax else "CN-2026-000007",
        invoice_number=of.number or "",
        invoice_issued_on=of.issued_on,
        issued_on=date(2026, 11, 25),
        seller=of.seller,
        buyer=of.buyer,
        country=of.country,
        account_id=of.account_id,
        username=of.username,
        language=of.language,
        before=of.gross,
        gross=split.gross,
        net=split.net,
        tax=split.tax,
        after=of.gross - split.gross,
        returned=Money.of(returned, code),
        reason=reason,
        tax_label=of.tax_label,
        tax_aud=tax_in_aud(split.tax, Decimal(of.rate)),
    )


def harbour_logo() -> Picture:
    """A mark on transparent ground with wide borders, as designers hand them over."""
    image = Image.new("RGBA", (900, 360), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((90, 60, 330, 300), fill=(11, 92, 99, 255))
    pen.polygon([(170, 240), (210, 100), (250, 240)], fill=(255, 255, 255, 255))
    for place in range(3):
        pen.rounded_rectangle((370, 80 + 75 * place, 820 - 90 * place, 130 + 75 * place), 25, fill=(22, 32, 46, 128))
    out = io.BytesIO()
    image.save(out, "PNG")
    return picture_of(out.getvalue())


def branded(paper: Document | NoteDocument) -> Document | NoteDocument:
    """The same paper, issued while the company had a logo."""
    logo = harbour_logo()
    return replace(paper, seller=replace(paper.seller, logo=logo.sha256), logo=logo)


def sixty_lines() -> tuple[PrintedLine, ...]:
    """What postpaid usage of a quarter may look like: 60 lines of 11.00."""
    products = (
        "SMS to Australia",
        "SMS to New Zealand",
        "Voice calls to mobiles, with the long words of a route",
        "Faxes",
    )
    return tuple(
        PrintedLine(f"{products[place % 4]}, week {place % 13 + 1}", f"{40 + place:,}", Money.of("11.00", "AUD"))
        for place in range(60)
    )


def longest() -> Document:
    """Every text as long as the form takes it."""
    address = "\n".join(["A line of an address that is as long as an address line can be, Building 7"] * 6)
    details = InvoiceDetails(
        ("The Very Long Name Of A Company And Its Successors " * 3).strip(), address, "X" * 40, "long@buyer.example",
        ("A Contact With Many Names " * 4).strip(), "+61 3 5550 9876", "en",
    )  # fmt: skip
    order = "PO-" + "2026/000000/" * 4
    return invoice("US", "USD", "99999.99", buyer=details, po_number=order, username="user" * 12)


def all_papers() -> dict[str, Document | NoteDocument]:
    """Each situation by its name, which is its golden file's."""
    taxed = invoice("AU", "AUD", "1100.00", po_number="PO 4711-A")
    dollars = invoice("AU", "USD", "1100.00")
    nameless = replace(buyer("AU"), business_id="")
    lines = sixty_lines()
    card = PaidByCard("Visa", "4242", date(2026, 11, 18))
    later = {"version": 2, "version_on": date(2026, 12, 3), "replaces_on": date(2026, 11, 20)}
    return {
        "version_2": invoice("AU", "AUD", "1100.00", **later),
        "version_2_fr": invoice("FR", "EUR", "1250.50", language="fr", **later),
        "adjustment_note_version_2": replace(note(taxed, "255.00"), **later),
        "in_arrears": invoice("AU", "AUD", "726.00", lines=lines, in_arrears=True, used=month_of(date(2026, 10, 1))),
        "au_under_1000": invoice("AU", "AUD", "220.00", buyer=nameless),
        "au_over_1000_with_order": taxed,
        "au_cent_not_split": invoice("AU", "AUD", "200.03"),
        "au_in_us_dollars": dollars,
        "au_in_french": invoice("AU", "AUD", "1234.50", language="fr"),
        "au_taxed_on_use": invoice("AU", "AUD", "220.00", on_use=True),
        "au_taxed_on_use_in_french": invoice("AU", "AUD", "1234.50", language="fr", on_use=True),
        "au_taxed_on_use_draft": invoice("AU", "AUD", "220.00", on_use=True, number=None, reference=None),
        "credit_note_au_taxed_on_use": note(invoice("AU", "AUD", "220.00", on_use=True), "50.00", returned="50.00"),
        "au_paid_by_card": invoice("AU", "AUD", "110.00", paid_by=card, pay_to=PayTo.of(None)),
        "fr_paid_by_card": invoice("FR", "EUR", "50.00", language="fr", paid_by=card, pay_to=PayTo.of(None)),
        "gb": invoice("GB", "GBP", "250.00"),
        "eu_business_fr": invoice("FR", "EUR", "1250.50", language="fr"),
        "eu_business_de": invoice("DE", "EUR", "480.00"),
        "nz": invoice("NZ", "NZD", "480.00"),
        "us": invoice("US", "USD", "500.00"),
        "sg": invoice("SG", "SGD", "300.00"),
        "jp_in_yen": invoice("JP", "JPY", "56700"),
        "cn_name": invoice("CN", "USD", "750.00"),
        "ae_arabic_name": invoice("AE", "USD", "750.00"),
        "sixty_lines": invoice("AU", "AUD", "726.00", lines=lines),
        "longest": longest(),
        "draft": invoice("AU", "AUD", "220.00", number=None, reference=None),
        "draft_fr": invoice("FR", "EUR", "250.00", language="fr", number=None, reference=None),
        "bank_never_changed": invoice("US", "USD", "200.00", pay_to=replace(pay_to("USD"), changed_on=None)),
        "largest_yen": invoice("JP", "JPY", "15000000"),
        "adjustment_note": note(taxed, "255.00", returned="55.00", reason="The bank kept 15.00 & <more>."),
        "adjustment_note_in_us_dollars": note(dollars, "110.00"),
        "credit_note_fr": note(
            invoice("FR", "EUR", "1250.50", language="fr"), "1250.50", reason="Annulée à la demande du client."
        ),
        "credit_note_gb": note(invoice("GB", "GBP", "250.00"), "50.00", returned="50.00"),
        "au_with_logo": branded(taxed),
        "fr_with_logo_version_2": branded(invoice("FR", "EUR", "1250.50", language="fr", **later)),
        "adjustment_note_with_logo": branded(note(taxed, "255.00")),
        "credit_note_ae": note(invoice("AE", "USD", "750.00"), "750.00"),
    }

"""E-invoices: valid by schema and by every rule of EN 16931, the same facts as the paper, and wrong totals caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import as_file, files

import facturx
import pytest
from lxml import etree

from services.invoices.credit_note_document import NoteDocument
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.document import Document, DoesNotAddUp, PayTo
from services.invoices.einvoice import pint
from services.invoices.einvoice.files import NoEinvoice, cii, pint_anz, ubl
from services.invoices.einvoice.terms import UEN_SCHEME, registration_scheme
from services.invoices.paid_by import PaidByCard
from services.invoices.pdf import invoice_pdf
from services.money import Money
from services.papers.hybrid import attached, findings, is_formal, with_einvoice
from tests.services.invoices.einvoicing import BUYER, NOTES, SITUATIONS, broken_rules, paper

PAPERS: dict[str, Document | NoteDocument] = SITUATIONS | NOTES
FR = SITUATIONS["France, in French"]
AU = SITUATIONS["Australia, taxed"]
NAMES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
}
FORMAL = [
    "XMP namespace fx=urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0# is not permitted",
    "XMP namespace pdfaExtension=http://www.aiim.org/pdfa/ns/extension/ is not permitted",
    "XMP namespace pdfaSchema=http://www.aiim.org/pdfa/ns/schema# is not permitted",
    "XMP namespace pdfaProperty=http://www.aiim.org/pdfa/ns/property# is not permitted",
    "XMP property fx:ConformanceLevel is not permitted",
    "XMP property fx:DocumentFileName is not permitted",
    "XMP property fx:DocumentType is not permitted",
    "XMP property fx:Version is not permitted",
    "XMP property pdfaExtension:schemas is not permitted",
]


def texts(content: bytes, path: str) -> list[str]:
    return [str(each.text) for each in etree.fromstring(content).iterfind(path, NAMES)]


@pytest.mark.parametrize("situation", PAPERS)
@pytest.mark.parametrize(("syntax", "make"), [("cii", cii), ("ubl", ubl)])
def test_every_paper_keeps_every_rule_of_en_16931(
    situation: str, syntax: str, make: Callable[[Document | NoteDocument], bytes]
) -> None:
    assert broken_rules(make(PAPERS[situation]), syntax) == []


def test_the_buyers_order_is_named_as_on_the_paper() -> None:
    ordered = replace(AU, po_number="PO 4711/b")
    assert texts(ubl(ordered), "cac:OrderReference/cbc:ID") == ["PO 4711/b"]
    assert broken_rules(ubl(ordered), "ubl") == broken_rules(cii(ordered), "cii") == []
    assert texts(pint_anz(ordered), "cac:OrderReference/cbc:ID") == ["PO 4711/b"]


def test_the_file_says_what_the_paper_says() -> None:
    content = ubl(FR)
    assert texts(content, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["1250.50"]
    assert texts(content, "cac:PaymentMeans/cbc:PaymentID") == [FR.reference]
    assert texts(content, ".//cac:PayeeFinancialAccount/cbc:ID") == ["DE89370400440532013000"]
    assert texts(content, "cac:AccountingCustomerParty//cac:PartyTaxScheme/cbc:CompanyID") == ["FR40303265045"]
    assert texts(content, ".//cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == ["G"]
    assert texts(content, ".//cbc:RegistrationName") == [FR.seller.name, BUYER.company_name]


def test_what_a_card_has_paid_is_told_as_paid_and_names_no_account() -> None:
    for of in (AU, FR):
        paid = replace(of, paid_by=PaidByCard("Visa", "4242", date(2026, 11, 18)), pay_to=PayTo.of(None))
        assert broken_rules(ubl(paid), "ubl") == broken_rules(cii(paid), "cii") == []
        content = ubl(paid)
        assert texts(content, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["0.00"]
        assert texts(content, "cac:LegalMonetaryTotal/cbc:PrepaidAmount") == [f"{paid.gross.amount:.2f}"]
        assert texts(content, "cac:PaymentMeans/cbc:PaymentMeansCode") == ["48"]
        assert texts(content, ".//cac:PayeeFinancialAccount/cbc:ID") == []
    assert texts(pint_anz(replace(AU, paid_by=PaidByCard("Visa", "4242", date(2026, 11, 18)))), ".//cbc:PrepaidAmount")


def test_an_amount_without_decimals_has_none() -> None:
    assert texts(ubl(SITUATIONS["Japan, no decimals"]), "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["56700"]


def test_tax_of_another_currency_is_told_in_australian_dollars() -> None:
    totals = texts(cii(SITUATIONS["Australia, in US dollars"]), ".//ram:TaxTotalAmount")
    assert totals == ["20.00", "31.09"]


def test_a_credit_note_names_the_invoice_it_takes_back() -> None:
    content = ubl(NOTES["adjustment note"])
    assert etree.fromstring(content).tag.endswith("CreditNote")
    assert texts(content, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["INV-2026-000001"]


def test_outside_tax_no_party_has_a_tax_number() -> None:
    content = cii(SITUATIONS["Australia, taxed when used"])
    assert texts(content, ".//ram:SpecifiedTaxRegistration/ram:ID") == []


@pytest.mark.parametrize(
    ("path", "wrong", "rule"),
    [
        ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "1100.01", "BR-CO-15"),
        ("cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00", "BR-CO-16"),
        ("cac:TaxTotal/cbc:TaxAmount", "99.00", "BR-CO-14"),
        ("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount", "900.00", "BR-S-08"),
        ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "999.00", "BR-CO-10"),
    ],
)
def test_a_wrong_total_would_be_caught(path: str, wrong: str, rule: str) -> None:
    root = etree.fromstring(ubl(AU))
    element = root.find(path, NAMES)
    assert element is not None
    element.text = wrong
    assert any(rule in said for said in broken_rules(etree.tostring(root), "ubl"))


def test_a_wrong_total_cannot_be_made() -> None:
    with pytest.raises(DoesNotAddUp):
        replace(AU, gross=Money.of("1100.01", "AUD"))


def test_a_draft_has_no_e_invoice() -> None:
    for make in (cii, ubl, pint_anz):
        with pytest.raises(NoEinvoice, match="issue the invoice first"):
            make(replace(AU, number=None, reference=None))


def test_markup_in_a_name_stays_text_and_marks_no_xml_may_hold_are_left_out() -> None:
    strange = replace(BUYER, company_name="</cbc:ID>&amp;<x/>", contact_name="Ada \u202eevil")
    content = ubl(replace(AU, buyer=strange))
    assert texts(content, ".//cac:AccountingCustomerParty//cbc:RegistrationName") == ["</cbc:ID>&amp;<x/>"]


@pytest.mark.parametrize("situation", ["Australia, taxed", "Australia, taxed when used", "New Zealand"])
def test_pint_is_made_where_the_buyer_can_be_addressed(situation: str) -> None:
    made = pint_anz(SITUATIONS[situation])
    assert pint.findings(etree.fromstring(made)) == []
    assert texts(made, "cbc:CustomizationID") == [pint.CUSTOMIZATION]
    assert set(texts(made, ".//cac:TaxScheme/cbc:ID")) == {"GST"}
    with as_file(files("facturx") / "xsd_and_schematron/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd") as schema:
        assert etree.XMLSchema(etree.parse(str(schema))).validate(etree.fromstring(made))


def test_pint_of_an_adjustment_note() -> None:
    assert pint.findings(etree.fromstring(pint_anz(NOTES["adjustment note"]))) == []


@pytest.mark.parametrize(
    ("situation", "typed", "plain"),
    [
        ("Australia, taxed", "ABN 51-824-753-556", "51824753556"),
        ("Australia, taxed", "abn: 51 824 753 556", "51824753556"),
        ("New Zealand", "NZBN 94290 4123 4563", "9429041234563"),
    ],
)
def test_an_id_is_the_same_however_it_is_typed(situation: str, typed: str, plain: str) -> None:
    of = SITUATIONS[situation]
    told = pint_anz(replace(of, buyer=replace(of.buyer, business_id=typed)))
    assert texts(told, ".//cac:AccountingCustomerParty/cac:Party/cbc:EndpointID") == [plain]
    assert texts(told, ".//cac:AccountingCustomerParty//cac:PartyLegalEntity/cbc:CompanyID") == [plain]


@pytest.mark.parametrize(
    ("country", "typed", "scheme"),
    [("SG", "UEN 201912345R", UEN_SCHEME), ("SG", "M2-0012345-6", None), ("AU", "ACN 004 085 616", None)],
)
def test_a_scheme_is_said_only_of_an_id_that_is_of_it(country: str, typed: str, scheme: str | None) -> None:
    assert registration_scheme(typed, country) == scheme


def test_a_vat_number_with_its_word_before_it_is_a_vat_number() -> None:
    content = cii(paper("GB", "GBP", "250.00", business_id="VAT no. GB 980 7806 84"))
    assert "GB980780684" in texts(content, ".//ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID")


@pytest.mark.parametrize("situation", ["France, in French", "United States"])
def test_pint_says_what_it_needs(situation: str) -> None:
    with pytest.raises(NoEinvoice, match="ABN or NZBN"):
        pint_anz(SITUATIONS[situation])


_PARTY = "cac:AccountingCustomerParty/cac:Party"
BREAKS = {
    "specification identifier": ("cbc:CustomizationID", "urn:cen.eu:en16931:2017"),
    "business process": ("cbc:ProfileID", "other"),
    "no number": ("cbc:ID", ""),
    "buyer reference": ("cbc:BuyerReference", ""),
    "legal name": (f"{_PARTY}/cac:PartyLegalEntity/cbc:RegistrationName", ""),
    "tax scheme": ("cac:TaxTotal//cac:TaxScheme/cbc:ID", "VAT"),
    "one of S, E, Z, G, O": ("cac:InvoiceLine//cac:ClassifiedTaxCategory/cbc:ID", "AE"),
    "seller's ABN": ("cac:AccountingSupplierParty//cac:PartyTaxScheme/cbc:CompanyID", "AU51824753556"),
    "rate above zero": ("cac:InvoiceLine//cac:ClassifiedTaxCategory/cbc:Percent", "0"),
    "stands beside another": ("cac:InvoiceLine//cac:ClassifiedTaxCategory/cbc:ID", "O"),
    "lines do not add up": ("cac:InvoiceLine/cbc:LineExtensionAmount", "1.00"),
    "not the total": ("cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"),
    "not the tax total": ("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", "1.00"),
    "another currency": ("cbc:DocumentCurrencyCode", "NZD"),
}


@pytest.mark.parametrize("words", BREAKS)
def test_each_rule_of_pint_finds_what_breaks_it(words: str) -> None:
    path, wrong = BREAKS[words]
    root = etree.fromstring(pint_anz(AU))
    element = root.find(path, NAMES)
    assert element is not None
    element.text = wrong
    assert any(words in said for said in pint.findings(root))


def test_an_address_of_another_scheme_is_found() -> None:
    root = etree.fromstring(pint_anz(AU))
    endpoint = root.find(f"{_PARTY}/cbc:EndpointID", NAMES)
    assert endpoint is not None
    endpoint.set("schemeID", "9957")
    assert any("electronic address" in said for said in pint.findings(root))


@pytest.mark.parametrize("of", [FR, AU, NOTES["credit note abroad"]], ids=["France", "Australia", "credit note"])
def test_factur_x_carries_its_data_with_exactly_the_nine_formal_findings(of: Document | NoteDocument) -> None:
    drawn = note_pdf(of) if isinstance(of, NoteDocument) else invoice_pdf(of)
    made = with_einvoice(drawn, cii(of))
    found = findings(made)
    assert [said.split("): ", 1)[1] for said in found] == FORMAL
    assert all(is_formal(said) for said in found)
    assert attached(made) == cii(of)
    name, read_back = facturx.get_facturx_xml_from_pdf(made, check_xsd=True, check_schematron=False)
    assert (name, read_back) == ("factur-x.xml", cii(of))
    assert with_einvoice(drawn, cii(of)) == made


def test_a_number_that_is_no_vat_number_is_a_plain_registration() -> None:
    content = cii(paper("US", "USD", "200.00", business_id="12-3456789"))
    assert "12-3456789" in texts(content, ".//ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID")

"""A UBL invoice of EN 16931 re-stamped as PINT A-NZ (Peppol, Australia and New Zealand), and its rules we touch."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from services.invoices.einvoice.terms import ABN_SCHEME, NZBN_SCHEME

ABN = ABN_SCHEME
SCHEMES = (ABN_SCHEME, NZBN_SCHEME)
CUSTOMIZATION = "urn:peppol:pint:billing-1@aunz-1"
PROFILE = "urn:peppol:bis:billing"
CATEGORIES = frozenset("SEZGO")  # A-NZ: standard, exempt, zero-rated, export without GST, outside GST
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_NAMES = {"cbc": _CBC, "cac": _CAC}


def stamped(invoice: etree._Element) -> etree._Element:
    """The same invoice in the words of PINT A-NZ: its own identifiers, GST for VAT, an ABN without its country."""
    _first(invoice, "cbc:CustomizationID").text = CUSTOMIZATION
    _profile(invoice).text = PROFILE
    for scheme in _all(invoice, "//cac:TaxScheme/cbc:ID"):
        scheme.text = "GST"
    for number in _all(invoice, "//cac:PartyTaxScheme/cbc:CompanyID"):
        number.text = (number.text or "").removeprefix("AU")
    for code in _all(invoice, "//cbc:TaxExemptionReasonCode"):  # VATEX is a list of the European Union
        _drop(code)
    return invoice


def findings(invoice: etree._Element) -> list[str]:
    """What breaks the aligned rules of PINT A-NZ that our invoices touch; empty for a good one.

    Written from the published rules because their schematron is in no package: passing here is not a validation by the
    network. The rule's subject is named in each sentence.
    """
    said = [
        (_text(invoice, "cbc:CustomizationID") == CUSTOMIZATION, "the specification identifier is not PINT A-NZ's"),
        (_text(invoice, "cbc:ProfileID") == PROFILE, "the business process identifier is not billing's"),
        (bool(_text(invoice, "cbc:ID")), "the document has no number"),
        (_has_reference(invoice), "neither a buyer reference nor a purchase order is given"),
        (_parties_addressed(invoice), "seller and buyer need an electronic address with an ABN or NZBN scheme"),
        (_parties_named(invoice), "seller and buyer need a legal name and a country"),
        (_schemes(invoice) == {"GST"}, "a tax scheme is not GST"),
        (_categories(invoice) <= CATEGORIES, "a tax category is not one of S, E, Z, G, O"),
        (_seller_registered(invoice), "a taxed or zero-rated supply needs the seller's ABN as tax identifier"),
        (_rates_fit(invoice), "only category S has a rate above zero"),
        (_outside_tax_alone(invoice), "category O stands beside another"),
        (_lines_add_up(invoice), "the lines do not add up to the net"),
        (_adds_up(invoice), "net and tax are not the total"),
        (_tax_adds_up(invoice), "the tax of the categories is not the tax total"),
        (_one_currency(invoice), "an amount is in another currency than the document"),
    ]
    return [sentence for holds, sentence in said if not holds]


def _profile(invoice: etree._Element) -> etree._Element:
    found = _all(invoice, "cbc:ProfileID")
    if found:
        return found[0]
    made = etree.Element(f"{{{_CBC}}}ProfileID")
    _first(invoice, "cbc:CustomizationID").addnext(made)
    return made


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _has_reference(invoice: etree._Element) -> bool:
    return bool(_text(invoice, "cbc:BuyerReference") or _text(invoice, "cac:OrderReference/cbc:ID"))


def _parties_addressed(invoice: etree._Element) -> bool:
    found = _all(invoice, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")
    found += _all(invoice, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID")
    return len(found) == 2 and all(one.get("schemeID") in SCHEMES for one in found)  # noqa: PLR2004 - two parties


def _parties_named(invoice: etree._Element) -> bool:
    parties = _all(invoice, "cac:AccountingSupplierParty/cac:Party") + _all(
        invoice, "cac:AccountingCustomerParty/cac:Party"
    )
    needed = ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PostalAddress/cac:Country/cbc:IdentificationCode")
    return all(_text(party, name) for party in parties for name in needed)


def _schemes(invoice: etree._Element) -> set[str | None]:
    return {one.text for one in _all(invoice, "//cac:TaxScheme/cbc:ID")}


def _categories(invoice: etree._Element) -> set[str | None]:
    paths = ("//cac:TaxCategory/cbc:ID", "//cac:ClassifiedTaxCategory/cbc:ID")
    return {one.text for path in paths for one in _all(invoice, path)}


def _seller_registered(invoice: etree._Element) -> bool:
    number = _text(invoice, "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID")
    return _categories(invoice) == {"O"} or (number.isdigit() and bool(number))


def _rates_fit(invoice: etree._Element) -> bool:
    found = _all(invoice, "//cac:TaxCategory") + _all(invoice, "//cac:ClassifiedTaxCategory")
    return all((_number(one, "cbc:Percent") > 0) == (_text(one, "cbc:ID") == "S") for one in found)


def _outside_tax_alone(invoice: etree._Element) -> bool:
    found = _categories(invoice)
    return "O" not in found or found == {"O"}


def _lines_add_up(invoice: etree._Element) -> bool:
    lines = _all(invoice, "cac:InvoiceLine") + _all(invoice, "cac:CreditNoteLine")
    added = sum((_number(line, "cbc:LineExtensionAmount") for line in lines), Decimal(0))
    return added == _number(invoice, "cac:LegalMonetaryTotal/cbc:LineExtensionAmount")


def _adds_up(invoice: etree._Element) -> bool:
    total = _first(invoice, "cac:LegalMonetaryTotal")
    gross = _number(total, "cbc:TaxInclusiveAmount")
    tax = _number(_first(invoice, "cac:TaxTotal[cac:TaxSubtotal]"), "cbc:TaxAmount")
    paid = _number(total, "cbc:PrepaidAmount")
    return _number(total, "cbc:TaxExclusiveAmount") + tax == gross == paid + _number(total, "cbc:PayableAmount")


def _tax_adds_up(invoice: etree._Element) -> bool:
    total = _first(invoice, "cac:TaxTotal[cac:TaxSubtotal]")
    parts = (_number(one, "cbc:TaxAmount") for one in _all(total, "cac:TaxSubtotal"))
    return sum(parts, Decimal(0)) == _number(total, "cbc:TaxAmount")


def _one_currency(invoice: etree._Element) -> bool:
    currency = _text(invoice, "cbc:DocumentCurrencyCode")
    amounts = _all(invoice, "//*[@currencyID]")
    in_aud = _all(invoice, "cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount")
    return all(one.get("currencyID") == currency for one in amounts if one not in in_aud)


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    found = element.xpath(path, namespaces=_NAMES)
    return [one for one in found if etree.iselement(one)] if isinstance(found, list) else []


def _first(element: etree._Element, path: str) -> etree._Element:
    return _all(element, path)[0]


def _text(element: etree._Element, path: str) -> str:
    found = _all(element, path)
    return (found[0].text or "").strip() if found else ""


def _number(element: etree._Element, path: str) -> Decimal:
    return Decimal(_text(element, path) or 0)

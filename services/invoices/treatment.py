"""How a top-up is taxed: by the country's dated rule, or not before its credit is used (decision 0039)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from services.company.model import TaxPoint
from services.company.queries import tax_point
from services.customers.queries import customer
from services.invoices.model import Invoice, InvoiceKind
from services.ledger.redeeming import share_in
from services.money import Money, divide
from services.pricing.model import TaxTreatment
from services.pricing.queries import tax_treatment

_TITLE_EN = "Receipt / Invoice (not a tax invoice)"
_TITLE_FR = "Reçu / Facture (not a tax invoice)"  # the law's words are English
_NOTE_EN = (
    "The credit is not taxed when it is bought. What it is used for includes tax, which the statement of account shows."
)
_NOTE_FR = "Le crédit n’est pas taxé à l’achat. Ce qu’il sert à payer comprend la taxe, que montre le relevé de compte."


def taxed_on_use(conn: Connection) -> bool:
    """Whether the company sells credit without tax, which its use bears."""
    return tax_point(conn) is TaxPoint.REDEMPTION


def treatment_of_top_up(conn: Connection, country: str, on: date) -> TaxTreatment:
    """How credit sold to the country on a day is taxed and what its paper says. Raises `NoTaxRule`."""
    found = tax_treatment(conn, country, on)
    return untaxed(found) if found.rate[0] and taxed_on_use(conn) else found


def tax_in_credit(conn: Connection, invoice: Invoice, net: Money, on: date) -> Money:
    """The tax in `net` of an untaxed top-up that is paid by, or given back to, a customer who pays afterwards by now.

    Such a customer's credit is before tax (decision 0039). Nothing of any other invoice.
    """
    nothing = Money(0, net.currency)
    if invoice.tax or invoice.kind is not InvoiceKind.TOP_UP or not taxed_on_use(conn):
        return nothing
    owner = customer(conn, invoice.customer_id)
    share = share_in(conn, owner.country, on) if owner.pays_afterwards else None
    return Money(divide(net.micros * share[0], share[1]), net.currency) if share else nothing


def untaxed(rule: TaxTreatment) -> TaxTreatment:
    """The paper of credit whose tax is still to come: it is no tax invoice and shows none (documents.md, 1.1)."""
    words = {"title_en": _TITLE_EN, "title_fr": _TITLE_FR, "note_en": _NOTE_EN, "note_fr": _NOTE_FR}
    return replace(rule, code=f"{rule.code}-on-use", rate=(0, 1), shows_tax=False, tax_name="", **words)

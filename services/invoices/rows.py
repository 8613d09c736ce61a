"""An invoice as its row holds it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from services.customers.model import InvoiceDetails
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.money import Money


def from_row(row: Row[Any]) -> Invoice:
    """The invoice a row holds."""

    def money(micros: int) -> Money:
        return Money(micros, row.currency)

    return Invoice(
        id=row.id,
        number=row.number,
        reference=row.reference,
        customer_id=row.customer_id,
        account_id=row.account_id,
        username=row.username,
        gross=money(row.gross_micros),
        net=money(row.net_micros),
        tax=money(row.tax_micros),
        issued_on=row.issued_on,
        due_on=row.due_on,
        status=InvoiceStatus(row.status),
        allocated=money(row.allocated_micros),
        fee=money(row.fee_micros),
        credited=money(row.credited_micros),
        short=money(row.short_micros),
        cleared_net=money(row.cleared_net_micros),
        details=_details(row),
        language=row.language,
        tax_code=row.tax_code,
        minimum=money(row.minimum_micros),
        rate=Decimal(row.rate),
        rate_on=row.rate_on,
        rate_source=row.rate_source,
        aud_equivalent=Money(row.aud_equivalent_micros, "AUD"),
        bank_account=row.bank_account,
        entry_id=row.entry_id,
        po_number=row.po_number,
        kind=InvoiceKind(row.kind),
    )


def _details(row: Row[Any]) -> InvoiceDetails:
    return InvoiceDetails(
        company_name=row.company_name,
        address=row.address,
        business_id=row.business_id,
        email=row.email,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        language=row.language,
    )

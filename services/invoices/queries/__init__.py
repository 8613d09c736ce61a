"""Reading invoices; what credited and ended them stands beside, in files of their own."""

from __future__ import annotations

from services.invoices.queries.listing import InvoicesPage, has_invoices, open_counts, open_invoices, page
from services.invoices.queries.papers import (
    NoInvoice,
    document,
    invoice,
    invoice_by_number,
    issued_by_form,
    lines_of,
    preview_document,
)

__all__ = [
    "InvoicesPage",
    "NoInvoice",
    "document",
    "has_invoices",
    "invoice",
    "invoice_by_number",
    "issued_by_form",
    "lines_of",
    "open_counts",
    "open_invoices",
    "page",
    "preview_document",
]

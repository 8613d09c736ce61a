"""The one list of screens: section, address, words, icon and who may open each; the menu and the guard read it.

A new screen adds its entry here (file relative to `pages/`) and calls `open_screen` with the same permission.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import streamlit as st

from pages._ui.frame import OPEN, open_screen, plain
from services.access.model import READ_AUDIT, SEE_APPROVALS, SEE_PEOPLE, Permission, Principal
from services.banking.model import IMPORT
from services.cards.model import SEE_CARDS
from services.dunning.model import SEE_DUNNING
from services.fees.model import SEE_FEES
from services.integrity.model import SEE_INTEGRITY
from services.invoices.model import ISSUE_INVOICE, SEE_INVOICES
from services.jobs.model import SEE_JOBS
from services.ledger.model import SEE_BOOKS
from services.mail.model import SEE_MAIL
from services.numbers.model import SEE_NUMBERS
from services.postpaid.model import SEE_POSTPAID
from services.requests.model import SEE_REQUESTS

PAGES = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen. `shown=False` keeps it out of the menu (a record opened from a list), not out of reach."""

    section: str
    title: str
    file: str
    url_path: str
    icon: str
    permission: Permission = OPEN
    shown: bool = True

    @property
    def path(self) -> str:
        """The screen's absolute path."""
        return str(PAGES / self.file)


ENTRIES = (
    Entry("Overview", "Home", "overview/home.py", "", ":material/home:"),
    Entry("Customers", "Customers", "customers/customers.py", "customers", ":material/groups:"),
    Entry("Customers", "Customer", "customers/customer.py", "customer", ":material/person:", shown=False),
    Entry("Activity", "Transactions", "activity/transactions.py", "transactions", ":material/receipt_long:"),
    Entry("Activity", "Usage", "activity/usage.py", "usage", ":material/monitoring:"),
    Entry("Activity", "Numbers", "activity/numbers.py", "numbers", ":material/dialpad:", SEE_NUMBERS),
    Entry("Activity", "Custom fees", "activity/fees.py", "fees", ":material/sell:", SEE_FEES),
    Entry("Activity", "Adjustments", "activity/adjustments.py", "adjustments", ":material/exposure:"),
    Entry("Billing", "Invoices", "billing/invoices.py", "invoices", ":material/request_quote:", SEE_INVOICES),
    Entry("Billing", "Invoice", "billing/invoice.py", "invoice", ":material/request_quote:", SEE_INVOICES, shown=False),
    Entry("Billing", "Invoice requests", "billing/requests.py", "invoice-requests", ":material/inbox:", SEE_REQUESTS),
    Entry(
        "Billing",
        "New invoice",
        "billing/new_invoice.py",
        "new-invoice",
        ":material/note_add:",
        ISSUE_INVOICE,
        shown=False,
    ),
    Entry("Billing", "Mail room", "billing/mail_room.py", "mail-room", ":material/mail:", SEE_MAIL),
    Entry("Billing", "Bank receipts", "billing/bank_receipts.py", "bank-receipts", ":material/savings:", IMPORT),
    Entry("Billing", "Cards", "billing/cards.py", "cards", ":material/credit_card:", SEE_CARDS),
    Entry("Billing", "Postpaid", "billing/postpaid.py", "postpaid", ":material/handshake:", SEE_POSTPAID),
    Entry("Billing", "Dunning", "billing/dunning.py", "dunning", ":material/notifications_active:", SEE_DUNNING),
    Entry("Books", "Reports", "books/reports.py", "reports", ":material/balance:", SEE_BOOKS),
    Entry(
        "Books",
        "Aged receivables",
        "books/aged_receivables.py",
        "aged-receivables",
        ":material/hourglass_bottom:",
        SEE_BOOKS,
    ),
    Entry("Books", "Integrity", "books/integrity.py", "integrity", ":material/verified:", SEE_INTEGRITY),
    Entry("Admin", "Approvals", "admin/approvals.py", "approvals", ":material/how_to_reg:", SEE_APPROVALS),
    Entry("Admin", "Scheduled work", "admin/jobs.py", "scheduled-work", ":material/event_repeat:", SEE_JOBS),
    Entry("Admin", "People and access", "admin/people.py", "people", ":material/badge:", SEE_PEOPLE),
    Entry("Admin", "Settings", "admin/settings.py", "settings", ":material/tune:"),
    Entry("Admin", "Exchange rates", "admin/rates.py", "exchange-rates", ":material/currency_exchange:"),
    Entry("Admin", "Audit trail", "admin/audit.py", "audit", ":material/history:", READ_AUDIT),
)


def open_to(by: Principal) -> list[Entry]:
    """The screens this person may open, in the menu's order."""
    return [entry for entry in ENTRIES if by.may(entry.permission)]


def page_of(entry: Entry) -> st.Page:
    """The entry as Streamlit registers it: its own for each run, which marks the one that may be called."""
    return copy(_page(entry))


@cache
def _page(entry: Entry) -> st.Page:
    """Looks for the file, so once for each screen rather than for all of them in every run."""
    return st.Page(
        entry.path, title=entry.title, icon=entry.icon, url_path=entry.url_path or None, default=not entry.url_path
    )


def closed_to(by: Principal) -> list[st.Page]:
    """The other screens' addresses, where a link from a colleague meets the sentence that says whom to ask.

    The screen's own file is not run: only its guard.
    """
    return [
        st.Page(partial(_refuse, entry), title=entry.title, url_path=entry.url_path)
        for entry in ENTRIES
        if not by.may(entry.permission)
    ]


def _refuse(entry: Entry) -> None:
    open_screen(entry.title, entry.permission)


def may_open(by: Principal, file: str) -> bool:
    """Whether the person may open the screen in `file`; a link to one that is not registered fails."""
    return any(entry.file == file for entry in open_to(by))


def link(by: Principal, file: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """A link to the screen in `file` with its parameters, or just the words for who may not open it."""
    if may_open(by, file):
        st.page_link(str(PAGES / file), label=plain(label), icon=icon, query_params=parameters or None)
    else:
        st.caption(plain(label))

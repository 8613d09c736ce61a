"""The e-mail of one invoice: to which address what went, how it fared, and sending it or a reminder by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import drawer, mail_drawer, mail_words, tables, text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.invoices.mailing import remind, send_invoice
from services.invoices.model import Invoice, InvoiceStatus
from services.mail import queries
from services.mail.model import SEND_MAIL, Mail, MailKind


def section(by: Principal, invoice: Invoice) -> None:
    """Under the papers: every message about the invoice; a picked row opens it."""
    found = read(queries.mails_of_invoice, invoice_id=invoice.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("E-mail", anchor=False, width="content")
        st.space("stretch")
        if by.may(SEND_MAIL):
            _buttons(invoice, found)
    warn([invoice.details.email])
    if not found:
        st.caption("It was not e-mailed from here.")
        return
    rows = pd.DataFrame([_row(each) for each in found])
    columns = {
        "day": tables.day("Day", width=88),
        "what": tables.words("What", width=115),
        "standing": tables.words("State", width=108),
        "to": tables.words("To", width=125),
    }
    row = drawer.picked(rows, columns, key="invoice_mail", alt="E-mail about the invoice", height="content")
    if row is not None:
        mail_drawer.show(int(row["id"]), key="invoice_mail")


def warn(addresses: list[str]) -> None:
    """A line for each address that mail comes back from."""
    for mark in read(queries.marks, addresses=addresses).values():
        said = f"Mail to {mark.address} came back on {text.day(text.day_of(mark.since))}: {mark.said}"
        st.warning(plain(said), icon=":material/unsubscribe:")


def warn_customer(customer_id: int) -> None:
    """The same on the customer's screen, for each address its mail went to."""
    warn([mark.address for mark in read(queries.bounced_for, customer_id=customer_id)])


def _row(each: Mail) -> dict[str, Any]:
    return {
        "id": each.id,
        "day": text.day_of(each.queued_at),
        "what": each.kind.label,
        "to": each.to,
        "standing": mail_words.badge(each).words,
    }


def _buttons(invoice: Invoice, found: list[Mail]) -> None:
    papers = {MailKind.INVOICE, MailKind.CORRECTED_COPY}
    sent = any(each.kind in papers and each.version == invoice.version for each in found)
    label = "E-mail it" if invoice.version == 1 else f"E-mail version {invoice.version}"
    ended = invoice.status in {InvoiceStatus.VOID, InvoiceStatus.EXPIRED}  # neither asks for anything
    if not (sent or ended) and st.button(label, key="mail_it", icon=":material/send:"):
        st.dialog("E-mail the invoice")(send)(invoice)
    if invoice.status.is_open and st.button("Remind", key="mail_remind", icon=":material/notifications:"):
        st.dialog("Remind of the invoice")(remind_of)(invoice)


def send(invoice: Invoice) -> None:
    """Inside a dialog: the address, which is the printed one at first."""
    _ask(invoice, operation=send_invoice, label="E-mail it", told=f"{invoice.number} waits in the outbox.")


def remind_of(invoice: Invoice) -> None:
    """The same for a reminder, of which there is one a day and address."""
    st.caption(f"{text.money(invoice.open)} is still open, to be paid by {text.day(invoice.due_on)}.")
    _ask(invoice, operation=remind, label="Remind", told="The reminder waits in the outbox.")


def _ask(invoice: Invoice, *, operation: Callable[..., Any], label: str, told: str) -> None:
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    form = Form(f"mail_{operation.__name__}_{invoice.id}")
    with form.drawn(border=False):
        to = form.text("to", "To", invoice.details.email, max_chars=200)
        sent = st.form_submit_button(label, type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(operation, told=told, invoice_id=invoice.id, to=to):
        st.rerun()

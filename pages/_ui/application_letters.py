"""The letters of a postpaid application in its drawer: taken byte for byte as they were given out."""

from __future__ import annotations

import streamlit as st

from pages._ui import paper, text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from pages._ui.mail_words import badge
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.invoices.queries.versions import copy_of
from services.mail.model import SEND_MAIL, About
from services.mail.queries import mails_about
from services.postpaid import queries
from services.postpaid.application import Application
from services.postpaid.letter import Letter
from services.postpaid.mailing import send_letter

LANGUAGES = {"en": "English", "fr": "French"}


def are_any(found: Application) -> bool:
    """Whether a letter was written."""
    return bool(read(queries.letters_of, application_id=found.id))


def letters(found: Application) -> bool:
    """The letters newest first, each to look at, to take and to e-mail; whether one was e-mailed just now."""
    kept = read(queries.letters_of, application_id=found.id)[::-1]
    for each in kept:
        _offered(each)
    chosen = st.selectbox("Look at", kept, format_func=_named, key=f"postpaid_letter_shown_{found.id}")
    if chosen is None:
        return False
    sent = me().may(SEND_MAIL) and _mailed(found, chosen)
    paper.show(read(copy_of, sha256=chosen.sha256), alt=_named(chosen))
    return sent


def _mailed(found: Application, chosen: Letter) -> bool:
    """To whom the chosen letter was e-mailed, and the form that e-mails it; whether it did just now."""
    for mail in read(mails_about, about=About.POSTPAID_LETTER, about_id=chosen.id):
        st.caption(plain(f"E-mailed to {mail.to}, {text.moment(mail.queued_at)}: {badge(mail).words.lower()}."))
    details = read(invoice_details, customer_id=found.customer_id)
    owner = read(customer_by_id, customer_id=found.customer_id)
    form = Form(f"postpaid_letter_mail_{chosen.id}")
    with form.drawn(border=False):
        to = form.text("to", "E-mail it to", details.email if details else owner.email, max_chars=200)
        sent = st.form_submit_button("E-mail the letter", icon=":material/send:")
    return sent and bool(form.act(send_letter, told="The letter waits in the outbox.", letter_id=chosen.id, to=to))


def _named(each: Letter) -> str:
    return f"{each.kind.label}, {text.day(each.issued_on)}, {LANGUAGES[each.language]}"


def _offered(each: Letter) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            plain(_named(each)),
            read(copy_of, sha256=each.sha256),
            file_name=each.file_name,
            mime="application/pdf",
            key=f"postpaid_letter_{each.id}",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(f"by {plain(each.made_by)}, kept under {each.sha256[:12]}")

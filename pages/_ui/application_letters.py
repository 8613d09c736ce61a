"""The letters of a postpaid application in its drawer: taken byte for byte as they were given out."""

from __future__ import annotations

import streamlit as st

from pages._ui import paper, text
from pages._ui.frame import plain, read
from services.invoices.queries.versions import copy_of
from services.postpaid import queries
from services.postpaid.application import Application
from services.postpaid.letter import Letter

LANGUAGES = {"en": "English", "fr": "French"}


def are_any(found: Application) -> bool:
    """Whether a letter was written."""
    return bool(read(queries.letters_of, application_id=found.id))


def letters(found: Application) -> bool:
    """The letters newest first, each to look at and to take; nothing here changes the application."""
    kept = read(queries.letters_of, application_id=found.id)[::-1]
    for each in kept:
        _offered(each)
    chosen = st.selectbox("Look at", kept, format_func=_named, key=f"postpaid_letter_shown_{found.id}")
    if chosen:
        paper.show(read(copy_of, sha256=chosen.sha256), alt=_named(chosen))
    return False


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

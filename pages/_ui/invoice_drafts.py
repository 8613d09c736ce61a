"""Drafts of invoices: kept while somebody types, listed with owner and age, taken up again and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages._ui import state, text
from pages._ui.forms import Form
from pages._ui.frame import act, attempt, plain, read
from pages._ui.invoice_form import open_anew
from services.customers import queries as customers
from services.invoices.draft import Draft, DraftContent
from services.invoices.drafting import delete_draft, save_draft
from services.invoices.queries import drafts as drafts_read

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Opening:
    """How this visit found the form: its first content, the draft's version then, and what to say about that draft."""

    content: DraftContent
    said: str = ""
    warned: str = ""


def begin(form: Form, nonce: str, usual: DraftContent) -> Opening:
    """What the fields begin with: the draft that is kept for this form and customer, else what is usual.

    It is looked up anew at each visit of the screen: leaving it clears the fields.
    """
    key = f"invoice_opening_{form.name}"
    opened: Opening | None = st.session_state.get(key)
    if opened is not None and form.key("company_name") in st.session_state:
        return opened
    kept = read(drafts_read.draft_of_form, nonce=nonce)
    opened = Opening(usual)
    if kept is not None and kept.content.customer_id == usual.customer_id:
        opened = Opening(kept.content, *_words(kept))
    st.session_state[key] = opened
    st.session_state[_key(nonce)] = _Kept(opened.content, kept.version if kept else 0)
    return opened


def _words(kept: Draft) -> tuple[str, str]:
    said = f"Draft of {plain(kept.owner)}, kept on {text.moment(kept.saved_at)} by {plain(kept.saved_by)}."
    warnings = []
    if kept.is_old(text.now()):
        days = text.count((text.now() - kept.saved_at).days, "day")
        warnings.append(f"This draft is {days} old: rates and prices may have moved on.")
    versions = read(customers.details_versions, customer_id=kept.content.customer_id, limit=1)
    if versions and versions[0].changed_at > kept.saved_at:
        when = text.moment(versions[0].changed_at)
        warnings.append(f"The customer’s invoice details changed on {when}, after it was kept: check what it prints.")
    return said, " ".join(warnings)


@dataclass(slots=True)
class _Kept:
    """What of a form is kept, and as which version; changed in place, because a rerun may cut in at any `st.` call."""

    content: DraftContent
    version: int


def keep(form: Form, nonce: str, content: DraftContent) -> None:
    """Keep what stands in the form now, where it differs from what is kept; says so below it, or why it could not."""
    kept: _Kept = st.session_state.setdefault(_key(nonce), _Kept(content, 0))
    now = read(drafts_read.draft_of_form, nonce=nonce)
    if content != kept.content or (now.version if now else 0) != kept.version:
        outcome = attempt(save_draft, show=False, nonce=nonce, content=content, expected_version=kept.version)
        if outcome.fields:
            form.complain(outcome.fields)
            return
        if not outcome.result:
            st.warning(plain(outcome.sentence), icon=":material/sync_problem:")
            st.button("Load it again", key="invoice_load_again", on_click=_load_again, args=(form.name,))
            return
        kept.content, kept.version = content, outcome.result.version
    if kept.version:
        st.caption(":material/cloud_done: Kept as a draft: you can leave and come back.")


def version_known(nonce: str) -> int | None:
    """The version of the draft that this visit began with or kept last; 0 where there is none."""
    kept: _Kept | None = st.session_state.get(_key(nonce))
    return kept.version if kept else None


def _key(nonce: str) -> str:
    return f"invoice_kept_{nonce}"


def _load_again(name: str) -> None:
    """Callback: forget what is typed; the next run begins with what is kept."""
    state.rotate(name)
    st.session_state.pop(f"invoice_opening_{name}", None)


def menu() -> None:
    """The Drafts button beside the title: every draft with its owner and age, to take up or to delete."""
    count = read(drafts_read.drafts_kept)
    if not count:
        return
    turn = st.session_state.setdefault("invoice_drafts_turn", 0)
    with st.popover(f"Drafts ({count})", icon=":material/edit_document:", key=f"invoice_drafts_{turn}"):
        st.caption("Begun and not issued. Anybody in accounting may go on with one.")
        for kept, name in read(drafts_read.drafts, limit=_SHOWN):
            content = kept.content
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                amount = f"{content.amount} {content.currency}" if content.amount else f"no amount, {content.currency}"
                label = plain(f"{name} · {amount} · {kept.owner}, {_age(kept)}")
                look: dict[str, Any] = {"type": "tertiary", "icon": ":material/arrow_forward:"}
                st.button(label, key=f"draft_{kept.id}", on_click=_take_up, args=(kept.nonce,), **look)
                if st.button("Delete", key=f"draft_delete_{kept.id}", type="tertiary", icon=":material/delete:"):
                    _delete(kept)
        if count > _SHOWN:
            st.caption(f"The {_SHOWN} last kept of {count:,}.")


def _age(kept: Draft) -> str:
    days = (text.now() - kept.saved_at).days
    return f"{text.count(days, 'day')} old" if days else "today"


def _take_up(nonce: str) -> None:
    open_anew()
    st.query_params["form"] = nonce
    st.session_state["invoice_drafts_turn"] += 1


def _delete(kept: Draft) -> None:
    if act(delete_draft, draft_id=kept.id):
        if st.query_params.get("form") == kept.nonce:
            open_anew()
        st.session_state.pop(_key(kept.nonce), None)
        state.tell("The draft is deleted.")
        st.rerun()

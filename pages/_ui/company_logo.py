"""The logo at the head of our papers: seen as it is printed, changed or removed with a reason."""

from __future__ import annotations

import streamlit as st

from pages._ui import text
from pages._ui.forms import Form
from pages._ui.frame import empty, plain, read
from services.access.model import Principal
from services.company.logo import change_logo, logo, logo_versions, remove_logo
from services.company.model import CHANGE_LOGO, Company
from services.pictures import NotAPicture, Picture, picture_of

_SHOWN = 220  # pixels on screen at most, about as wide as on paper


def draw(by: Principal, company: Company) -> None:
    """What papers print, who chose it, and the ways to change it."""
    printed = read(logo, sha256=company.logo)
    versions = read(logo_versions, limit=1)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Logo", anchor=False, width="content")
            st.space("stretch")
            if by.may(CHANGE_LOGO):
                _acts(printed)
        if printed is None:
            step = "Add one as PNG or JPEG." if by.may(CHANGE_LOGO) else "An administrator can add one."
            empty("Papers print no logo, only the company’s name.", step)
        else:
            _show(printed, alt=f"Logo of {company.name}")
            st.caption(
                "At the head of invoices, credit notes, statements and lists as PDF. Papers issued before keep theirs."
            )
        if versions:
            last = versions[0]
            did = "Chosen" if last.sha256 else "Removed"
            when = text.moment(last.changed_at)
            st.caption(f"{did} by {plain(last.changed_by)}, {when}: {plain(last.reason)}")


def _acts(printed: Picture | None) -> None:
    if printed is not None and st.button("Remove", key="settings_logo_remove", icon=":material/delete:"):
        _ask_removing()
    label = "Add a logo" if printed is None else "Change the logo"
    if st.button(label, key="settings_logo_change", icon=":material/add_photo_alternate:"):
        _ask()


def _show(picture: Picture, *, alt: str) -> None:
    wide = min(_SHOWN, picture.width, picture.width * 60 // picture.height)
    st.image(picture.content, width=max(wide, 1), output_format="PNG", alt=alt)


@st.dialog("Logo of our papers", icon=":material/add_photo_alternate:")
def _ask() -> None:
    choose()


def choose() -> None:
    """What the dialog of a new one holds: the picture, seen as papers would print it, then the reason."""
    form = Form("logo")
    file = st.file_uploader("Picture", ["png", "jpg", "jpeg"], key=form.key("file"))
    st.caption("PNG or JPEG, at most 2 MB. White borders are cut off; what is transparent is printed white.")
    content = file.getvalue() if file is not None else b""
    if content:
        try:
            made = picture_of(content)
        except NotAPicture as refusal:
            st.error(plain(str(refusal)), icon=":material/error:")
        else:
            with st.container(border=True):
                _show(made, alt="The new logo")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500, placeholder="The new brand of July")
        sent = st.form_submit_button("Print it from now on", type="primary", shortcut="Ctrl+Enter")
    if sent and not content:
        form.complain({"file": "Add a picture first."})
    elif sent and form.act(change_logo, told="Papers issued from now on print it.", file=content, reason=reason):
        st.rerun()


@st.dialog("Remove the logo", icon=":material/delete:")
def _ask_removing() -> None:
    remove()


def remove() -> None:
    """What the dialog of removing holds."""
    form = Form("logo_removing")
    with form.drawn(border=False):
        st.caption("Papers issued from now on print the company’s name alone; those issued before keep the logo.")
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Remove it", type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(remove_logo, told="Papers issued from now on print no logo.", reason=reason):
        st.rerun()

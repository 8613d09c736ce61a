"""Saved views of a list: "Save this view", the list of them, and their links in the sidebar.

One call in a screen, after it was opened: saved_views.offer(opened, "transactions")
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages._ui import menu, state
from pages._ui.forms import Form
from pages._ui.frame import Outcome, Screen, act, me, plain, read
from pages._ui.leaving import go_to
from services.access.model import Principal
from services.views import operations, queries
from services.views.model import PERIOD, SCREENS, SHARE_VIEWS, SavedView

_MOST_IN_SIDEBAR = 8
_DEFAULT_PERIOD = "This month"
_CHANGING = "views_changing"


def offer(opened: Screen, screen: str) -> None:
    """The menu of views beside a list's title; `screen` is the list's address, which names its filters."""
    with opened.acts, st.container(width="content"):
        _menu(opened.by, screen)


@st.fragment
def _menu(by: Principal, screen: str) -> None:
    key = f"views_{screen}"
    with st.popover("Views", icon=":material/bookmarks:", key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        saved = read(queries.views_for, by=by, screen=screen)
        _links(by, saved, key)
        if saved and st.button("Rename, share, delete", key=f"{key}_change", type="tertiary", icon=":material/edit:"):
            st.session_state[_CHANGING] = screen
            st.rerun()
        _save(by, screen)
    if st.session_state.get(_CHANGING) == screen:
        _change(screen)


def _links(by: Principal, saved: Iterable[SavedView], key: str) -> None:
    for each in saved:
        _link(by, each, key)


def _link(by: Principal, saved: SavedView, key: str) -> None:
    """The way to a view; one that somebody else shares says whose it is.

    It opens the named address anew: a link inside the page would leave the filters the view does not speak of, and
    the period, as they are.
    """
    entry = _entry(saved.screen)
    if entry is not None and menu.may_open(by, entry.file):
        whose = None if saved.mine else f"Shared by {plain(saved.owner)}"
        icon = ":material/bookmark:" if saved.mine else ":material/group:"
        if st.button(plain(saved.name), icon=icon, type="tertiary", key=f"{key}_{saved.id}", help=whose):
            go_to(address_of(saved))


def address_of(saved: SavedView) -> str:
    """The view's own address inside the dashboard."""
    return f"/{saved.screen}?{urlencode(saved.values, doseq=True)}"


def _entry(screen: str) -> menu.Entry | None:
    return next((entry for entry in menu.ENTRIES if entry.url_path == screen), None)


def _save(by: Principal, screen: str) -> None:
    """The form that keeps the filters as they stand in the address now."""
    form = Form(f"view_{screen}")
    with form.drawn(border=False):
        name = form.text("name", "Save this view as", placeholder="Large refunds")
        shared = by.may(SHARE_VIEWS) and form.tick("shared", "For everybody")
        sent = st.form_submit_button("Save this view", icon=":material/bookmark_add:")
    if sent and form.act(
        operations.save_view,
        told=lambda made: f"“{made.name}” is saved; it stands in the menu.",
        nonce=form.nonce,
        screen=screen,
        name=name,
        values=chosen(screen),
        shared=bool(shared),
    ):
        st.rerun()


def chosen(screen: str) -> dict[str, list[str]]:
    """The filters of a screen as its address holds them; the period as it was chosen, "This month" and not its days."""
    known = SCREENS[screen]
    values = {name: st.query_params.get_all(name) for name in st.query_params if name in known}
    if PERIOD in known:
        values[PERIOD] = [str(st.session_state.get(state.PERIOD) or _DEFAULT_PERIOD)]
    return values


def _forget_changing() -> None:
    st.session_state.pop(_CHANGING, None)


@st.dialog("Views of this list", width="medium", on_dismiss=_forget_changing)
def _change(screen: str) -> None:
    """Own views to rename, share and delete; shared ones of others to delete by those who may share."""
    by = me()
    saved = [each for each in read(queries.views_for, by=by, screen=screen) if each.mine or by.may(SHARE_VIEWS)]
    if not saved:
        st.caption("No view of this list is yours to change.")
    for each in saved:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _row(by, each)


def _row(by: Principal, each: SavedView) -> None:
    if not each.mine:
        st.markdown(f"{plain(each.name)} ({plain(each.owner)})")
    else:
        name = st.text_input(
            f"Name of {each.name}", each.name, key=f"view_name_{each.id}", label_visibility="collapsed"
        )
        if st.button("Rename", key=f"view_rename_{each.id}"):
            _done(act(operations.rename_view, view_id=each.id, name=name), "The view has its new name.")
        if by.may(SHARE_VIEWS) and st.button("Keep to me" if each.shared else "Share", key=f"view_share_{each.id}"):
            done = act(operations.share_view, view_id=each.id, shared=not each.shared)
            _done(done, "Everybody sees it no longer." if each.shared else "Everybody sees it now.")
    if st.button("Delete", key=f"view_delete_{each.id}", icon=":material/delete:"):
        _done(act(operations.delete_view, view_id=each.id), f"“{each.name}” is deleted.")


def _done(outcome: Outcome[Any], sentence: str) -> None:
    if outcome:
        state.tell(sentence)
        st.rerun()


def in_sidebar(by: Principal) -> None:
    """The person's views and the shared ones, folded away; nothing while there are none."""
    saved = [each for each in read(queries.views_for, by=by) if _entry(each.screen)]
    if not saved:
        return
    opened = st.popover("Saved views", icon=":material/bookmarks:", type="tertiary")
    with opened, st.container(gap="xxsmall"):
        _links(by, sorted(saved, key=lambda each: not each.mine)[:_MOST_IN_SIDEBAR], "sidebar_view")
        if len(saved) > _MOST_IN_SIDEBAR:
            st.caption("More under Views, beside each list's title.")

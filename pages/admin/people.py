"""People and access: who may come in and as what; only an administrator changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages._ui import filters, state, tables
from pages._ui.forms import Form
from pages._ui.frame import Screen, act, empty, open_screen, plain, read
from services.access import operations, people, queries
from services.access.model import CHANGE_PEOPLE, SEE_PEOPLE, OneTimePassword, Role

ROLES = [role.value for role in Role]
COLUMNS = {
    "name": tables.words("Name"),
    "email": tables.words("E-mail"),
    "role": tables.words("Role"),
    "active": tables.flag("May sign in"),
    "must_change_password": tables.flag("Has a one-time password"),
}


@st.dialog("New person", icon=":material/person_add:")
def new_person() -> None:
    """Ask for name, e-mail and role; then show the one-time password, once."""
    form = Form("person")
    with form.drawn(border=False):
        name = form.text("name", "Name", max_chars=120)
        email = form.text("email", "E-mail", max_chars=254)
        role = form.choice("role", "Role", ROLES, index=None, placeholder="Choose a role") or ""
        sent = st.form_submit_button("Let them in", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    if not role:
        form.complain({"role": "Choose what this person works as."})
        return
    done = form.act(people.create_person, told=f"{name} may sign in.", name=name, email=email, role=Role(role))
    if done and done.result:
        state.keep_secret(name, done.result.password)
        st.rerun()


def hand_over() -> None:
    """Show a one-time password just made, until it is handed over; it is stored nowhere but in this session."""
    kept = state.secret()
    if kept is None:
        return
    name, password = kept
    with st.container(border=True):
        st.markdown(f"**Give {plain(name)} this password by a safe way.** It is shown only now.")
        st.code(password, language=None)
        st.button("I have handed it over", type="primary", on_click=state.forget_secret)


def change(screen: Screen, row: Mapping[str, Any]) -> None:
    """What an administrator can change of the picked person; the service refuses changes of oneself."""
    number, name = int(row["id"]), str(row["name"])
    with st.container(border=True):
        st.subheader(plain(name), anchor=False)
        if number == screen.by.person_id:
            st.caption("This is you. Another administrator changes your access.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            role = st.selectbox("Role", ROLES, index=ROLES.index(row["role"]), key=f"people_role_{number}", width=180)
            if st.button("Change role", disabled=role == row["role"]) and act(
                people.change_role, person_id=number, role=Role(role)
            ):
                _told(f"{name} is now {role}.")
            if st.button("End sessions", icon=":material/logout:") and act(operations.end_sessions, person_id=number):
                _told(f"Every session of {name} has ended.")
            if st.button("New one-time password", icon=":material/key:"):
                _fresh(people.reset_password, number, name)
            if bool(row["active"]):
                if st.button("Deactivate", icon=":material/block:") and act(people.deactivate, person_id=number):
                    _told(f"{name} may not sign in any more.")
            elif st.button("Let in again", icon=":material/lock_open:"):
                _fresh(people.reactivate, number, name)


def _fresh(operation: Callable[..., OneTimePassword], number: int, name: str) -> None:
    done = act(operation, person_id=number)
    if done and done.result:
        state.keep_secret(name, done.result.password)
        st.rerun()


def _told(sentence: str) -> None:
    state.tell(sentence)
    st.rerun()


opened = open_screen("People and access", SEE_PEOPLE, answer="Who may come in, and as what?")
administers = opened.by.may(CHANGE_PEOPLE)
with opened.acts:
    if administers and st.button("New person", type="primary", icon=":material/person_add:", shortcut="Alt+P"):
        new_person()
hand_over()
sought = filters.words("Search", key="people_q", placeholder="Name or e-mail")
number_of_page = tables.page_number("people_page")
found = read(queries.people, text=sought, page=number_of_page, size=tables.PAGE_SIZE)
shown = COLUMNS | {"last_seen_at": tables.moment("Last seen")}
if not found.total:
    empty("Nobody matches this search.", "Clear it to see everybody.")
elif administers:
    picked = tables.pick(found.rows, shown, alt="People", key="people")
    tables.pager("people_page", total=found.total, page=number_of_page, noun="person", plural="people")
    if picked is None:
        st.caption("Pick a row to change somebody's access.")
    else:
        change(opened, picked)
else:
    tables.show(found.rows, shown, alt="People", key="people")
    tables.pager("people_page", total=found.total, page=number_of_page, noun="person", plural="people")

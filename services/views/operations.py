"""Writes of saved views: save one, rename it, share it or keep it to oneself, delete it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, insert, select, update

from services.access import audit
from services.access.model import Principal, require
from services.access.tables import person
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.views import queries
from services.views.model import (
    MOST_VIEWS,
    SAVE_VIEWS,
    SHARE_VIEWS,
    NameTaken,
    NotYours,
    SavedView,
    TooManyViews,
    Values,
    checked,
    key_of,
    name_fault,
)
from services.views.tables import saved_view


def save_view(
    tx: Transaction, *, by: Principal, nonce: str, screen: str, name: str, values: Values, shared: bool = False
) -> SavedView:
    """Keep the filters of a screen under a name; the same nonce again gives the view it made.

    Raises `InvalidForm` (field "name"), `NotAView`, `NameTaken`, `TooManyViews`, and `NotAllowed` for sharing.
    """
    require(by, SAVE_VIEWS)
    if shared:
        require(by, SHARE_VIEWS)
    _take_turn(tx, by)
    made = tx.conn.execute(select(saved_view.c.id).where(saved_view.c.nonce == nonce)).scalar()
    if made is not None:
        return queries.view(tx.conn, by=by, view_id=made)
    row = _named(name) | {"screen": screen, "query": urlencode(checked(screen, values))}
    _check_name(tx, by, screen, name)
    if queries.count_of(tx.conn, by=by, screen=screen) >= MOST_VIEWS:
        raise TooManyViews(f"You have {MOST_VIEWS} views of this list; delete one you no longer use.")
    row |= {"nonce": nonce, "person_id": by.person_id, "shared": shared, "saved_at": tx.at}
    view_id = int(tx.conn.execute(insert(saved_view).returning(saved_view.c.id), row).scalar_one())
    if shared:
        _record(tx, by, view_id, after={"name": row["name"], "screen": screen, "shared": True})
    return queries.view(tx.conn, by=by, view_id=view_id)


def rename_view(tx: Transaction, *, by: Principal, view_id: int, name: str) -> SavedView:
    """Give an own view another name; raises `NoSuchView`, `NotYours`, `InvalidForm` and `NameTaken`."""
    require(by, SAVE_VIEWS)
    _take_turn(tx, by)
    old, row = _own(tx, by, view_id), _named(name)
    _check_name(tx, by, old.screen, name, but=view_id)
    tx.conn.execute(update(saved_view).where(saved_view.c.id == view_id).values(row))
    return queries.view(tx.conn, by=by, view_id=view_id)


def share_view(tx: Transaction, *, by: Principal, view_id: int, shared: bool) -> SavedView:
    """Offer an own view to everybody, or take it back; raises `NoSuchView` and `NotYours`."""
    require(by, SHARE_VIEWS)
    old = _own(tx, by, view_id)
    tx.conn.execute(update(saved_view).where(saved_view.c.id == view_id).values(shared=shared))
    if old.shared != shared:
        _record(tx, by, view_id, before={"shared": old.shared}, after={"name": old.name, "shared": shared})
    return queries.view(tx.conn, by=by, view_id=view_id)


def delete_view(tx: Transaction, *, by: Principal, view_id: int) -> None:
    """Delete an own view, or a shared one whose owner is not there to do it, as far as one may share views.

    Raises `NoSuchView` and `NotYours`.
    """
    require(by, SAVE_VIEWS)
    old = queries.view(tx.conn, by=by, view_id=view_id)
    if not old.mine and not by.may(SHARE_VIEWS):
        raise NotYours(f"“{old.name}” is a view of {old.owner}; ask them, or accounting, to delete it.")
    tx.conn.execute(delete(saved_view).where(saved_view.c.id == view_id))
    if old.shared:
        _record(tx, by, view_id, before={"name": old.name, "screen": old.screen, "filters": dict(old.values)})


def _own(tx: Transaction, by: Principal, view_id: int) -> SavedView:
    found = queries.view(tx.conn, by=by, view_id=view_id)
    if not found.mine:
        raise NotYours(f"“{found.name}” is a view of {found.owner}; save it under a name of your own instead.")
    return found


def _take_turn(tx: Transaction, by: Principal) -> None:
    """One person's views are changed one at a time, so that two of the same name cannot pass each other."""
    tx.conn.execute(select(person.c.id).where(person.c.id == by.person_id).with_for_update())


def _named(name: str) -> dict[str, Any]:
    if wrong := name_fault(name):
        raise InvalidForm({"name": wrong})
    return {"name": " ".join(name.split()), "name_key": key_of(name)}


def _check_name(tx: Transaction, by: Principal, screen: str, name: str, *, but: int | None = None) -> None:
    own = (saved_view.c.person_id == by.person_id, saved_view.c.screen == screen, saved_view.c.name_key == key_of(name))
    if tx.conn.execute(select(saved_view.c.id).where(*own)).scalar() not in {None, but}:
        raise NameTaken(f"You have a view called “{name.strip()}” of this list; choose another name.")


def _record(
    tx: Transaction, by: Principal, view_id: int, *, before: audit.Facts | None = None, after: audit.Facts | None = None
) -> None:
    audit.record(tx, by=by, act=SHARE_VIEWS.name, subject="saved view", subject_id=view_id, before=before, after=after)

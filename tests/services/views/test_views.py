"""Saved views: whose they are, what they may hold, and that a name names one thing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from services.access import people
from services.access import queries as access
from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.db.engine import Database
from services.errors import InvalidForm
from services.views import operations, queries
from services.views.model import MOST_VIEWS, NameTaken, NoSuchView, NotAView, NotYours, TooManyViews
from services.views.tables import saved_view
from tests.builders import AT

VALUES = {"period": ["This month"], "transactions_kind": ["SMS", "MMS"], "transactions_currency": [""]}


@pytest.fixture
def office(database: Database) -> tuple[Database, dict[Role, Principal]]:
    """Books with one person of each role."""
    made = {}
    for role in Role:
        one = database.act(
            lambda tx, role=role: people.create_person(
                tx, by=SYSTEM, name=f"{role} person", email=f"{role}@x.example", role=role
            ),
            at=AT,
        )
        made[role] = Principal(one.person_id, f"{role} person", role)
    return database, made


def save(database: Database, by: Principal, name: str = "Sent", nonce: str = "n1", **more: Any) -> Any:
    facts = {"screen": "transactions", "values": VALUES} | more
    return database.act(lambda tx: operations.save_view(tx, by=by, nonce=nonce, name=name, **facts), at=AT)


def seen(database: Database, by: Principal, screen: str | None = None) -> list[str]:
    with database.read() as conn:
        return [each.name for each in queries.views_for(conn, by=by, screen=screen)]


def test_a_view_is_kept_for_its_person_with_its_filters_as_they_were_chosen(office: Any) -> None:
    database, by = office
    made = save(database, by[Role.SUPPORT], name="  Sent   this month ")
    assert made.name == "Sent this month"
    assert dict(made.values) == {"period": ["This month"], "transactions_kind": ["SMS", "MMS"]}
    assert seen(database, by[Role.SUPPORT], "transactions") == ["Sent this month"]
    assert seen(database, by[Role.SUPPORT], "usage") == []
    assert seen(database, by[Role.MANAGER]) == []


def test_saving_twice_is_saving_once(office: Any) -> None:
    database, by = office
    assert save(database, by[Role.SUPPORT]).id == save(database, by[Role.SUPPORT]).id
    with pytest.raises(NameTaken, match="another name"):
        save(database, by[Role.SUPPORT], name="SENT", nonce="n2")
    assert save(database, by[Role.MANAGER], nonce="n3").mine
    assert save(database, by[Role.SUPPORT], nonce="n4", screen="usage", values={"period": ["2026-Q4"]})


def test_accounting_and_managers_share_and_others_do_not(office: Any) -> None:
    database, by = office
    made = save(database, by[Role.MANAGER], shared=True)
    with database.read() as conn:
        (shown,) = queries.views_for(conn, by=by[Role.SUPPORT])
        events = access.audit_events(conn, subject="saved view").rows
    assert (shown.id, shown.mine, shown.owner) == (made.id, False, "manager person")
    assert list(events["act"]) == ["views.share"]
    with pytest.raises(NotAllowed):
        save(database, by[Role.SUPPORT], nonce="n2", shared=True)
    with pytest.raises(NotAllowed):
        database.act(lambda tx: operations.share_view(tx, by=by[Role.SUPPORT], view_id=made.id, shared=False))
    database.act(lambda tx: operations.share_view(tx, by=by[Role.MANAGER], view_id=made.id, shared=False), at=AT)
    assert seen(database, by[Role.SUPPORT]) == []


def test_only_its_owner_renames_a_view(office: Any) -> None:
    database, by = office
    made = save(database, by[Role.ACCOUNTING], shared=True)
    save(database, by[Role.ACCOUNTING], name="Other", nonce="n2")
    rename = operations.rename_view
    assert database.act(lambda tx: rename(tx, by=by[Role.ACCOUNTING], view_id=made.id, name="sent")).name == "sent"
    for who, name, error in (
        (Role.MANAGER, "Mine", NotYours),
        (Role.ACCOUNTING, "other", NameTaken),
        (Role.ACCOUNTING, " ", InvalidForm),
        (Role.ACCOUNTING, "x" * 61, InvalidForm),
    ):
        with pytest.raises(error):
            database.act(lambda tx, who=who, name=name: rename(tx, by=by[who], view_id=made.id, name=name))


def test_a_shared_view_is_deleted_by_who_may_share_and_a_private_one_by_its_owner(office: Any) -> None:
    database, by = office
    shared = save(database, by[Role.ACCOUNTING], shared=True)
    private = save(database, by[Role.ACCOUNTING], name="Mine", nonce="n2")
    delete = operations.delete_view
    with pytest.raises(NotYours, match="accounting person"):
        database.act(lambda tx: delete(tx, by=by[Role.SUPPORT], view_id=shared.id))
    with pytest.raises(NoSuchView):
        database.act(lambda tx: delete(tx, by=by[Role.MANAGER], view_id=private.id))
    database.act(lambda tx: delete(tx, by=by[Role.MANAGER], view_id=shared.id), at=AT)
    database.act(lambda tx: delete(tx, by=by[Role.ACCOUNTING], view_id=private.id), at=AT)
    assert seen(database, by[Role.ACCOUNTING]) == []


@pytest.mark.parametrize(
    ("screen", "values"),
    [
        ("nowhere", {}),
        ("transactions", {"usage_product": ["SMS"]}),
        ("transactions", {"next": ["https://evil.example"]}),
        ("transactions", {"transactions_words": ["https://evil.example"]}),
        ("transactions", {"transactions_words": ["//evil.example"]}),
        ("transactions", {"transactions_words": [" JavaScript:alert(1)"]}),
        ("transactions", {"transactions_words": ["<script>"]}),
        ("transactions", {"transactions_words": ["a\x00b"]}),
        ("transactions", {"transactions_words": ["x" * 201]}),
        ("transactions", {"transactions_kind": ["SMS"] * 41}),
    ],
)
def test_nothing_but_known_filters_with_plain_values_is_kept(office: Any, screen: str, values: Any) -> None:
    database, by = office
    with pytest.raises(NotAView):
        save(database, by[Role.SUPPORT], screen=screen, values=values)
    assert seen(database, by[Role.SUPPORT]) == []


def test_a_person_has_no_more_views_than_can_be_told_apart(office: Any) -> None:
    database, by = office
    for number in range(MOST_VIEWS):
        save(database, by[Role.SUPPORT], name=f"View {number}", nonce=f"n{number}")
    with pytest.raises(TooManyViews, match="delete one"):
        save(database, by[Role.SUPPORT], name="One more", nonce="more")


def test_the_database_refuses_two_of_one_name_too(office: Any) -> None:
    database, by = office
    made = save(database, by[Role.SUPPORT])
    with database.read() as conn:
        row = dict(conn.execute(text("SELECT * FROM saved_view")).mappings().one())
    row |= {"id": made.id + 1, "nonce": "n9", "saved_at": AT, "shared": False}
    with pytest.raises(IntegrityError), database.write(at=AT) as tx:
        tx.conn.execute(insert(saved_view), row)

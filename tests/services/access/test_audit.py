"""The audit trail only grows, and shows when somebody tampered with it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access import audit, people
from services.access.model import SYSTEM, Role
from services.access.queries import audit_events


def write(tx, **changed):
    facts = {"act": "test.act", "subject": "customer", "subject_id": 7, "after": {"limit": 5}, "reason": "asked"}
    return audit.record(tx, by=SYSTEM, **(facts | changed))


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_or_remove_an_event(database, noon, statement):
    with database.write(at=noon) as tx:
        write(tx)
    with pytest.raises(DBAPIError, match="append-only"), database.write(at=noon) as tx:
        tx.conn.execute(text(statement))


def test_postgresql_refuses_to_empty_the_trail(postgres_database, noon):
    with pytest.raises(DBAPIError, match="append-only"), postgres_database.write(at=noon) as tx:
        tx.conn.execute(text("TRUNCATE audit_event"))


def test_a_whole_chain_has_no_broken_link(database, noon):
    with database.write(at=noon) as tx:
        for number in range(3):
            write(
                tx,
                subject_id=number,
                before={"on": date(2026, 1, 1), "rate": Decimal("1.1"), "role": Role.ADMIN, "b": None},
            )
    with database.read() as conn:
        assert audit.broken_links(conn) == []


def test_an_edited_event_breaks_its_link_and_a_removed_one_its_neighbour(sqlite_database, noon):
    with sqlite_database.write(at=noon) as tx:
        first, second, third, fourth = (write(tx) for _ in range(4))
        tx.conn.execute(text("DROP TRIGGER audit_event_no_update"))
        tx.conn.execute(text("DROP TRIGGER audit_event_no_delete"))
        tx.conn.execute(text(f"UPDATE audit_event SET reason = 'never' WHERE id = {first}"))
        tx.conn.execute(text(f"DELETE FROM audit_event WHERE id = {third}"))
        assert audit.broken_links(tx.conn) == [first, fourth]
    assert second


def test_the_chain_cannot_fork(database, noon):
    with database.write(at=noon) as tx:
        write(tx)
    copy = (
        "INSERT INTO audit_event (id, at, person_name, act, subject, subject_id, reason, prev_hash, hash)"
        " SELECT id + 1, at, person_name, act, subject, subject_id, reason, prev_hash, 'x' FROM audit_event"
    )
    with pytest.raises(DBAPIError, match="prev_hash"), database.write(at=noon) as tx:
        tx.conn.execute(text(copy))


def test_what_is_rolled_back_leaves_no_event(database, noon):
    def fail(tx):
        write(tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.act(fail, at=noon)
    with database.read() as conn:
        assert audit_events(conn).total == 0


def test_letting_somebody_in_leaves_an_event_without_the_password(database, noon):
    with database.write(at=noon) as tx:
        given = people.create_person(tx, by=SYSTEM, name="Bo", email="bo@x.example", role=Role.SUPPORT)
        rows = audit_events(tx.conn, subject="person", subject_id=str(given.person_id)).rows
    assert rows["act"].tolist() == ["access.change_people"]
    assert given.password not in rows.to_csv()


def test_the_list_filters_and_pages_newest_first(database, noon):
    for hour in range(3):
        with database.write(at=noon + timedelta(hours=hour)) as tx:
            write(tx, subject_id=hour, reason=f"hour {hour} 100%")
    with database.read() as conn:
        assert audit_events(conn, size=2).rows["subject_id"].tolist() == ["2", "1"]
        assert audit_events(conn, size=2, page=2).rows["subject_id"].tolist() == ["0"]
        assert audit_events(conn, text="HOUR 1").total == 1
        assert audit_events(conn, text="1%").total == 0
        assert audit_events(conn, text="hour 1 100%hour").total == 0
        assert audit_events(conn, since=noon, until=noon + timedelta(hours=1)).total == 1


def test_text_is_found_in_whatever_case_also_beyond_a_to_z(database, noon):
    with database.write(at=noon) as tx:
        write(tx, subject_id=1, reason="Déjà reçu, ÉTÉ", after={"name": "Éléonore"})
        write(tx, subject_id=2, reason="deja recu, ete")
    with database.read() as conn:
        found = {text: audit_events(conn, text=text).rows["subject_id"].tolist() for text in ("été", "DÉJÀ", "éLÉO")}
    assert found == {"été": ["1"], "DÉJÀ": ["1"], "éLÉO": ["1"]}

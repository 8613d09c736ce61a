"""Who may let people in, and that nobody can lock everybody out."""

from __future__ import annotations

import pytest

from services.access import operations, people
from services.access.model import (
    CHANGE_PEOPLE,
    READ_AUDIT,
    SEE_APPROVALS,
    SEE_PEOPLE,
    SYSTEM,
    NotAllowed,
    Principal,
    Role,
)
from services.access.queries import people as list_people
from services.access.queries import person_by_email
from services.errors import Forbidden, InvalidForm

ALLOWED = {
    CHANGE_PEOPLE: {Role.ADMIN},
    SEE_PEOPLE: {Role.ADMIN, Role.MANAGER},
    READ_AUDIT: {Role.ADMIN, Role.MANAGER, Role.ACCOUNTING},
    SEE_APPROVALS: set(Role),
    operations.OWN_PASSWORD: set(Role),
}
WRITES = {
    "create_person": lambda tx, by: people.create_person(tx, by=by, name="N", email="n@x.example", role=Role.ADMIN),
    "change_role": lambda tx, by: people.change_role(tx, by=by, person_id=1, role=Role.SUPPORT),
    "deactivate": lambda tx, by: people.deactivate(tx, by=by, person_id=1),
    "reactivate": lambda tx, by: people.reactivate(tx, by=by, person_id=1),
    "reset_password": lambda tx, by: people.reset_password(tx, by=by, person_id=1),
    "end_sessions": lambda tx, by: operations.end_sessions(tx, by=by, person_id=1),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", ALLOWED, ids=lambda permission: permission.name)
def test_each_role_may_exactly_what_the_table_says(permission, role):
    assert Principal(1, "P", role).may(permission) == (role in ALLOWED[permission])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
@pytest.mark.parametrize("write", WRITES)
def test_nobody_but_an_administrator_changes_access(sqlite_database, noon, write, role):
    with sqlite_database.write(at=noon) as tx, pytest.raises(NotAllowed):
        WRITES[write](tx, Principal(99, "P", role))


def invite(tx, name, role, by=SYSTEM):
    return Principal(
        people.create_person(tx, by=by, name=name, email=f"{name}@x.example", role=role).person_id, name, role
    )


def test_an_address_is_used_once_whatever_its_case(database, noon):
    with database.write(at=noon) as tx:
        invite(tx, "ada", Role.ADMIN)
        with pytest.raises(InvalidForm) as caught:
            people.create_person(tx, by=SYSTEM, name=" ", email="ADA@X.example", role=Role.ADMIN)
    assert set(caught.value.fields) == {"name", "email"}


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "ada@localhost", "a b@x.example", "a@x.example\n.y", "é@x.example"]
)
def test_what_is_no_address_is_refused(sqlite_database, noon, email):
    with sqlite_database.write(at=noon) as tx, pytest.raises(InvalidForm):
        people.create_person(tx, by=SYSTEM, name="A", email=email, role=Role.ADMIN)


def test_nobody_changes_their_own_access(database, noon):
    with database.write(at=noon) as tx:
        ada = invite(tx, "ada", Role.ADMIN)
        with pytest.raises(people.OwnAccess):
            people.change_role(tx, by=ada, person_id=ada.person_id, role=Role.SUPPORT)


@pytest.mark.parametrize("act", ["change_role", "deactivate"])
def test_the_last_administrator_stays(database, noon, act):
    with database.write(at=noon) as tx:
        ada = invite(tx, "ada", Role.ADMIN)
        more = {"role": Role.SUPPORT} if act == "change_role" else {}
        with pytest.raises(people.LastAdministrator):
            getattr(people, act)(tx, by=SYSTEM, person_id=ada.person_id, **more)
        invite(tx, "bo", Role.ADMIN)
        getattr(people, act)(tx, by=SYSTEM, person_id=ada.person_id, **more)


def test_somebody_let_in_again_needs_a_new_password(database, noon):
    with database.write(at=noon) as tx:
        bo = invite(tx, "bo", Role.SUPPORT)
        people.deactivate(tx, by=SYSTEM, person_id=bo.person_id)
        assert person_by_email(tx.conn, "bo@x.example") is None
        given = people.reactivate(tx, by=SYSTEM, person_id=bo.person_id)
        assert person_by_email(tx.conn, "bo@x.example") == bo
        assert operations.sign_in(tx, email="bo@x.example", password=given.password, ip="")


def test_ones_own_sessions_may_be_ended_by_anybody(database, noon):
    with database.write(at=noon) as tx:
        bo = invite(tx, "bo", Role.SUPPORT)
        operations.open_session(tx, person_id=bo.person_id, ip="")
        assert operations.end_sessions(tx, by=bo, person_id=bo.person_id) == 1


def test_an_unknown_person_is_not_found(sqlite_database, noon):
    with sqlite_database.write(at=noon) as tx, pytest.raises(operations.NoSuchPerson):
        people.deactivate(tx, by=SYSTEM, person_id=404)


def test_the_list_pages_and_searches_in_the_database(database, noon):
    with database.write(at=noon) as tx:
        for name in ("ada", "bo", "cy_d", "cyd"):
            invite(tx, name, Role.SUPPORT)
        page = list_people(tx.conn, page=2, size=3)
        found = list_people(tx.conn, text="Y_")
    assert (page.rows["name"].tolist(), page.total) == (["cyd"], 4)
    assert found.rows["name"].tolist() == ["cy_d"]
    assert found.rows["active"].tolist() == [True]


def test_a_name_is_found_and_ordered_in_whatever_case_also_beyond_a_to_z(database, noon):
    with database.write(at=noon) as tx:
        for name, email in (("Élodie", "e"), ("élan", "f"), ("Zoë", "z"), ("ÑANDÚ", "n")):
            people.create_person(tx, by=SYSTEM, name=name, email=f"{email}@x.example", role=Role.SUPPORT)
        found = {text: list_people(tx.conn, text=text).rows["name"].tolist() for text in ("É", "é", "ZOË", "ñandú")}
        everybody = list_people(tx.conn).rows["name"].tolist()
    both = ["élan", "Élodie"]
    assert found == {"É": both, "é": both, "ZOË": ["Zoë"], "ñandú": ["ÑANDÚ"]}
    assert everybody == ["Zoë", *both, "ÑANDÚ"]


def test_forbidden_is_the_error_screens_know():
    assert issubclass(people.OwnAccess, Exception)
    assert issubclass(NotAllowed, Forbidden)

"""Four eyes, in the service and in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access import approvals, people
from services.access.approvals import Act, AlreadyDecided, OnlyPeople, SelfApproval, UnknownAct
from services.access.model import EVERYONE, SYSTEM, NotAllowed, Permission, Principal, Role
from services.access.queries import approvals as list_approvals
from services.access.queries import waiting_approvals
from services.errors import Forbidden, InvalidForm, NotFound, Refused
from services.money import Money

BIG = 9_007_199_254_740_993  # not a float


class Ran(list):
    """What the act was given."""

    def act(self, _tx, by, payload):
        """Remember it."""
        self.append((by.name, dict(payload)))
        return "done"


RAN = Ran()


@pytest.fixture
def acts():
    RAN.clear()
    return {"test.pay": Act(Permission("test.pay", "pay", EVERYONE), RAN.act)}


@pytest.fixture
def pair(database, noon):
    with database.write(at=noon) as tx:
        made = [
            people.create_person(tx, by=SYSTEM, name=n, email=f"{n}@x.example", role=Role.ADMIN) for n in ("a", "b")
        ]
    return [Principal(one.person_id, name, Role.ADMIN) for one, name in zip(made, "ab", strict=True)]


@pytest.fixture
def asked(database, noon, pair):
    with database.write(at=noon) as tx:
        return ask(tx, pair[0])


def ask(tx, by, **changed):
    facts = {"act": "test.pay", "subject": "customer", "payload": {"micros": 5}, "summary": "Pay 5", "reason": "Late"}
    return approvals.request_approval(tx, by=by, amount=Money(BIG, "AUD"), **(facts | changed))


def test_another_person_approves_and_the_act_runs_at_once(database, noon, pair, asked, acts):
    with database.write(at=noon) as tx:
        assert approvals.approve(tx, by=pair[1], approval_id=asked, acts=acts) == "done"
    assert RAN == [("b", {"micros": 5})]


@pytest.mark.parametrize("role", Role)
def test_nobody_of_any_role_decides_on_their_own_request(database, pair, asked, acts, role):
    same = Principal(pair[0].person_id, "a", role)
    with database.write() as tx:
        with pytest.raises(SelfApproval):
            approvals.approve(tx, by=same, approval_id=asked, acts=acts)
        with pytest.raises(SelfApproval):
            approvals.decline(tx, by=same, approval_id=asked, acts=acts, reason="no")
    assert RAN == []


@pytest.mark.parametrize("decision", ["approved", "declined"])
def test_the_database_refuses_a_decision_on_ones_own_request(database, noon, asked, decision):
    with pytest.raises(DBAPIError, match="four_eyes"), database.write(at=noon) as tx:
        tx.conn.execute(
            text(f"UPDATE approval SET decision='{decision}', decided_by=requested_by, decided_at=requested_at")
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approval SET payload = '{}'",
        "UPDATE approval SET amount_micros=0, decision='withdrawn', decided_by=requested_by, decided_at=requested_at",
        "UPDATE approval SET payload = '{}', decision='withdrawn', decided_by=requested_by, decided_at=requested_at",
        "DELETE FROM approval",
        (
            "INSERT INTO approval SELECT id + 1, act, subject, payload, summary, amount_micros, currency, requested_by,"
            " requested_at, reason, 'withdrawn', requested_by, requested_at, '' FROM approval"
        ),
    ],
)
def test_the_database_refuses_to_rewrite_a_request(database, noon, asked, statement):
    with pytest.raises(DBAPIError, match=r"request for approval|append-only"), database.write(at=noon) as tx:
        tx.conn.execute(text(statement))


def test_the_database_refuses_a_second_decision(database, noon, pair, asked):
    with database.write(at=noon) as tx:
        approvals.withdraw(tx, by=pair[0], approval_id=asked)
    with pytest.raises(DBAPIError, match="decided once"), database.write(at=noon) as tx:
        tx.conn.execute(text(f"UPDATE approval SET decision='approved', decided_by={pair[1].person_id}"))


def test_a_second_decision_is_told_how_the_first_ended(database, noon, pair, asked, acts):
    with database.write(at=noon) as tx:
        approvals.decline(tx, by=pair[1], approval_id=asked, acts=acts, reason="no budget")
        with pytest.raises(AlreadyDecided, match="already declined"):
            approvals.approve(tx, by=pair[1], approval_id=asked, acts=acts)


def test_only_the_requester_withdraws(database, noon, pair, asked):
    with database.write(at=noon) as tx, pytest.raises(Forbidden):
        approvals.withdraw(tx, by=pair[1], approval_id=asked)


def test_an_act_that_refuses_leaves_the_request_waiting(database, noon, pair, asked):
    def refuse(tx, by, payload):
        raise Refused("The account is closed; open it first.")

    act = {"test.pay": Act(Permission("test.pay", "pay", EVERYONE), refuse)}
    with pytest.raises(Refused), database.write(at=noon) as tx:
        approvals.approve(tx, by=pair[1], approval_id=asked, acts=act)
    with database.read() as conn:
        assert waiting_approvals(conn) == 1


def test_the_act_says_who_may_approve_it(database, noon, pair, asked):
    act = {"test.pay": Act(Permission("test.pay", "pay", frozenset({Role.MANAGER})), Ran().act)}
    with database.write(at=noon) as tx, pytest.raises(NotAllowed):
        approvals.approve(tx, by=pair[1], approval_id=asked, acts=act)


def test_an_act_nobody_registered_can_be_declined_but_not_approved(database, noon, pair, asked):
    with database.write(at=noon) as tx:
        with pytest.raises(UnknownAct):
            approvals.approve(tx, by=pair[1], approval_id=asked, acts={})
        approvals.decline(tx, by=pair[1], approval_id=asked, acts={}, reason="gone")


def test_a_job_takes_no_part(database, noon, asked, acts):
    with database.write(at=noon) as tx:
        with pytest.raises(OnlyPeople):
            ask(tx, SYSTEM)
        with pytest.raises(OnlyPeople):
            approvals.approve(tx, by=SYSTEM, approval_id=asked, acts=acts)


def test_a_request_needs_a_reason_and_a_summary(database, noon, pair):
    with database.write(at=noon) as tx, pytest.raises(InvalidForm) as caught:
        ask(tx, pair[0], reason=" ", summary="")
    assert set(caught.value.fields) == {"reason", "summary"}


def test_a_declining_person_gives_a_reason(database, noon, pair, asked, acts):
    with database.write(at=noon) as tx, pytest.raises(InvalidForm):
        approvals.decline(tx, by=pair[1], approval_id=asked, acts=acts, reason="")


def test_an_unknown_request_is_not_found(database, noon, pair, acts):
    with database.write(at=noon) as tx, pytest.raises(NotFound):
        approvals.approve(tx, by=pair[1], approval_id=404, acts=acts)


def test_the_lists_keep_amounts_exact_and_part_waiting_from_decided(database, noon, pair, asked, acts):
    with database.write(at=noon) as tx:
        second = ask(tx, pair[0])
        approvals.approve(tx, by=pair[1], approval_id=second, acts=acts)
        waiting, decided = list_approvals(tx.conn), list_approvals(tx.conn, waiting=False)
    assert (waiting.rows["id"].tolist(), waiting.rows["amount_micros"].tolist(), waiting.total) == ([asked], [BIG], 1)
    assert (decided.rows["requester"].tolist(), decided.rows["decider"].tolist()) == (["a"], ["b"])

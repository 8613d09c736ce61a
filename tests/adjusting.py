"""A small company that can adjust credit: people, customers with credit, and a file of messages that never arrived."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.access import people
from services.access.approvals import approve, decline
from services.access.model import SYSTEM, Principal, Role
from services.adjustments import operations
from services.adjustments.model import Adjustment
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger.queries import credit_balance, promotional_credit
from services.money import Money
from services.periods import Period
from services.usage.operations import import_usage
from services.wiring.approvals import ACTS
from tests.builders import bought
from tests.invoicing import AT

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
_serial = iter(range(1, 10**9))
_FIELDS = "external_id,customer,product,sent_at,country,quantity,parts,price,currency,status\n"


def team(database: Database) -> dict[Role, Principal]:
    """One person of each role."""
    found = {}
    for role in Role:
        address = f"{role.value}@x.example"
        with database.write(at=AT) as tx:
            made = people.create_person(tx, by=SYSTEM, name=f"{role.value} person", email=address, role=role)
        found[role] = Principal(made.person_id, f"{role.value} person", role)
    return found


def buys(database: Database, customer: Any, amount: str, *, at: datetime = AT) -> None:
    """The customer buys credit."""
    money = Money.of(amount, customer.currency)
    facts = {"key": f"bought {next(_serial)}", "currency": money.currency, "rate": "1.5", "on": at.date()}
    database.act(lambda tx: ledger.post(tx, bought(customer.id, money.micros, **facts), by=SYSTEM), at=at)


def sends(database: Database, customer: Any, *messages: tuple[str, str], on: date = date(2026, 11, 10)) -> int:
    """Messages of one day, each a status and a price; gives the import's id."""
    serial = next(_serial)
    lines = [
        f"m{serial}-{n},{customer.username},sms,{on}T10:00:00+11:00,AU,1,1,{price},{customer.currency},{status}\n"
        for n, (status, price) in enumerate(messages)
    ]
    content = (_FIELDS + "".join(lines)).encode()
    done = database.act(lambda tx: import_usage(tx, by=SYSTEM, file=content, name=f"{serial}.csv"), at=AT)
    assert done.import_id is not None, done.bad_rows
    return done.import_id


def ask(database: Database, what: str, customer: Any, amount: str, by: Principal, **more: Any) -> Adjustment:
    """Ask for goodwill, a promotion or a correction by the operation named `what`."""
    operation = getattr(operations, what)
    at = more.pop("at", AT)
    facts = {"nonce": f"n{next(_serial)}", "reason": "a delay", "ticket_id": "4711"} | more
    money = Money.of(amount, facts.pop("currency", customer.currency))
    return database.act(lambda tx: operation(tx, by=by, customer_id=customer.id, amount=money, **facts), at=at)


def refund(database: Database, customer: Any, amount: str, by: Principal, **more: Any) -> Adjustment:
    """Refund the customer's undelivered messages of November, expecting that sum."""
    facts = {"nonce": f"n{next(_serial)}", "reason": "carrier outage", "ticket_id": "4712", "period": NOVEMBER} | more
    expected = Money.of(amount, customer.currency)
    return database.act(
        lambda tx: operations.refund_undelivered(tx, by=by, customer_id=customer.id, expected=expected, **facts), at=AT
    )


def decide(database: Database, adjustment: Adjustment, by: Principal, *, yes: bool = True, at: datetime = AT) -> Any:
    """Approve or decline the request of an adjustment."""
    number = adjustment.approval_id or 0
    if yes:
        return database.act(lambda tx: approve(tx, by=by, approval_id=number, acts=ACTS), at=at)
    return database.act(lambda tx: decline(tx, by=by, approval_id=number, acts=ACTS, reason="not justified"), at=at)


def undo(database: Database, adjustment: Adjustment, by: Principal) -> Adjustment:
    """Take an adjustment back."""
    return database.act(
        lambda tx: operations.undo_adjustment(tx, by=by, adjustment_id=adjustment.id, reason="wrong customer"), at=AT
    )


def standing(database: Database, customer: Any) -> tuple[str, str]:
    """Credit, and the promotional part of it."""
    with database.read() as conn:
        whole = credit_balance(conn, customer.id, customer.currency)
        given = promotional_credit(conn, customer.id, customer.currency)
    return whole.plain(), given.plain()

"""Many running commitments at once, as if each had been agreed by hand, for tests and measures of the monthly run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select

from services.access.model import SYSTEM
from services.customers.tables import customer, invoice_details
from services.db.engine import Database, Transaction
from services.ledger import operations as ledger
from services.ledger.model import Draft
from services.postpaid.tables import commitment, commitment_version, postpaid_application, postpaid_file
from services.wiring.jobs import JOBS
from tests.builders import ONE, customers, used
from tests.invoicing import details, open_shop

STARTED, MID_MONTH = date(2026, 10, 1), date(2026, 10, 17)
AGREED = datetime(2026, 10, 1, 1, tzinfo=UTC)
MONTH = date(2026, 11, 1)  # the 1st on which October is billed
AT = datetime(2026, 10, 31, 14, tzinfo=UTC)  # and its first hour in Sydney
MONTHLY = next(job for job in JOBS if job.name == "postpaid")
MINIMUM = 1_000 * ONE
_BATCH = 500


def committed(database: Database, count: int, *, seed: int = 1, stopping: int = 0) -> list[int]:
    """Open the shop and let so many new customers pay afterwards since October began; gives the commitments' ids.

    Half of them used less in October than their minimum, one in ten nothing at all; every tenth began mid-month. The
    first `stopping` of them stop at a limit of one minimum.
    """
    open_shop(database)
    ids = customers(database, count, at=AGREED)
    database.act(lambda tx: _agree(tx, ids, stopping), at=AGREED)
    uses = list(_used(ids, random.Random(seed)))  # noqa: S311 - what customers send, not secrets
    for place in range(0, len(uses), _BATCH):
        part = uses[place : place + _BATCH]
        database.act(lambda tx, part=part: ledger.post_many(tx, part, by=SYSTEM), at=AGREED.replace(day=30))
    database.act(ledger.roll_up)
    with database.read() as conn:
        return list(conn.execute(select(commitment.c.id).order_by(commitment.c.id)).scalars())


def _used(ids: list[int], chance: random.Random) -> Iterator[Draft]:
    for number in ids:
        if chance.random() < 0.1:
            continue
        for day in (4, 17, 31):
            yield used(number, chance.randrange(1, 700 * ONE), key=f"{number}:{day}", on=date(2026, 10, day))


def _agree(tx: Transaction, ids: list[int], stopping: int) -> None:
    first = 1_000  # beyond what a shop holds
    numbers = [first + place for place in range(len(ids))]
    pairs = list(zip(numbers, ids, strict=True))
    tx.conn.execute(customer.update().where(customer.c.id.in_(ids)).values(billing_mode="postpaid"))
    tx.conn.execute(insert(invoice_details), [_details(owner) for owner in ids])
    tx.conn.execute(insert(postpaid_application), [_application(number, owner) for number, owner in pairs])
    tx.conn.execute(insert(postpaid_file), [_file(number) for number in numbers])
    tx.conn.execute(insert(commitment), [_commitment(number, owner) for number, owner in pairs])
    rows = [_version(number) for number in numbers]
    for row in rows[:stopping]:
        row |= {"limit_micros": MINIMUM, "at_limit": "stop"}
    tx.conn.execute(insert(commitment_version), rows)


def _starts_on(number: int) -> date:
    return MID_MONTH if number % 10 == 9 else STARTED


def _details(owner: int) -> dict[str, Any]:
    printed = details("AU", company_name=f"Buyer {owner} Pty Ltd", email=f"b{owner}@buyer.example")
    names = ("company_name", "address", "business_id", "email", "contact_name", "contact_phone", "language")
    row: dict[str, Any] = {name: getattr(printed, name) for name in names}
    return row | {"customer_id": owner, "version": 1, "changed_at": AGREED, "changed_by": "a test", "reason": "first"}


def _application(number: int, owner: int) -> dict[str, Any]:
    terms = {"minimum_micros": MINIMUM, "limit_micros": 3 * MINIMUM, "months": 12}
    row: dict[str, Any] = {f"{of}_{name}": value for of in ("asked", "decided") for name, value in terms.items()}
    row |= {"id": number, "nonce": f"many-{number}", "customer_id": owner, "currency": "AUD", "status": "approved"}
    row |= {"note": "", "ticket_id": "", "opened_on": STARTED, "opened_at": AGREED, "opened_by": "Sue"}
    return row | {"decision": "approve", "decided_reason": "Fine", "decided_at": AGREED, "decided_by": "Max"}


def _file(number: int) -> dict[str, Any]:
    row = {"id": number, "application_id": number, "kind": "contract", "name": "signed.pdf", "sha256": b"x" * 32}
    return row | {"size": 6, "content": b"signed", "added_at": AGREED, "added_by": "Ann"}


def _commitment(number: int, owner: int) -> dict[str, Any]:
    row = {"id": number, "nonce": f"many-{number}", "customer_id": owner, "application_id": number, "currency": "AUD"}
    row |= {
        "starts_on": _starts_on(number),
        "signed_on": STARTED,
        "made_at": AGREED,
        "made_by": "Ann",
        "started_at": AGREED,
    }
    return row


def _version(number: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "commitment_id": number,
        "version": 1,
        "effective_on": _starts_on(number),
        "reason": "signed",
    }
    row |= {"ends_before": date(2027, 10, 1), "minimum_micros": MINIMUM, "true_up": "monthly", "payment_days": 14}
    row |= {"limit_micros": 3 * MINIMUM, "notice_days": 30, "at_limit": "alert", "aud_micros": MINIMUM, "rate": "1"}
    row |= {"rate_on": STARTED, "rate_source": "fixed", "file_id": number}
    return row | {"made_at": AGREED, "made_by": "Ann", "agreed_by": "Max"}

"""Laws of card money: any order, split into files and repetition of what the processor says is the same books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.cards.operations import import_card_payments
from services.cards.queries import cards_of
from services.db.engine import Database
from services.integrity.queries import run
from services.ledger.queries import trial_balance
from tests.conftest import SYDNEY
from tests.invoicing import AT, open_shop
from tests.stripe import AT as CHARGED
from tests.stripe import (
    as_lines,
    as_list,
    balance,
    charge,
    dispute,
    failed_charge,
    payment_method,
    processor_customer,
    refund,
)

LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = 86_400
CHARGES = st.lists(
    st.tuples(
        st.sampled_from(["AU", "GB"]),
        st.integers(1, 50_000),
        st.integers(0, 15),
        st.booleans(),
        st.sampled_from(["", "refund", "failed refund", "open", "won", "lost"]),
    ),
    min_size=1,
    max_size=5,
)
Charged = tuple[str, int, int, bool, str]
_CURRENCY = {"AU": "aud", "GB": "gbp"}


@contextmanager
def shop(template: Path, folder: Path) -> Iterator[tuple[Database, dict[str, str]]]:
    path = folder / "books.sqlite"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    try:
        yield database, {country: buyer.account_id for country, buyer in open_shop(database).items()}
    finally:
        database.close()
        for each in folder.glob("books.sqlite*"):
            each.unlink()


def objects(accounts: dict[str, str], charges: list[Charged]) -> list[dict[str, Any]]:
    """What the processor has to say of some charges, everything that leads to them first."""
    told = [processor_customer(f"cus_{country}", accounts[country]) for country in ("AU", "GB")]
    told.append(payment_method("pm_AU", customer="cus_AU"))
    for place, (country, amount, days, succeeds, after) in enumerate(charges):
        facts = {"customer": f"cus_{country}", "currency": _CURRENCY[country], "created": CHARGED - days * DAY}
        own = f"ch_{place}"
        told.append(charge(own, amount, **facts) if succeeds else failed_charge(own, amount, **facts))
        if succeeds:
            told.append(balance(own, amount, min(amount, 30), currency=_CURRENCY[country], created=facts["created"]))
            told += _went_back(place, after, amount, facts)
    return told


def _went_back(place: int, after: str, amount: int, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything the processor says of a refund or a dispute, from its beginning to its end."""
    own, part = f"ch_{place}", (amount + 1) // 2
    facts = {"created": facts["created"], "currency": facts["currency"]}
    if "refund" in after:
        states = ["pending", "succeeded", *(["failed"] if after == "failed refund" else [])]
        return [refund(f"re_{place}", own, part, status=state, **facts) for state in states]
    states = ["needs_response", *([after] if after in {"won", "lost"} else [])] if after else []
    return [dispute(f"dp_{place}", own, part, fee=min(part, 25), status=state, **facts) for state in states]


def standing(database: Database) -> tuple[object, ...]:
    """Every balance, what cards there are, and that nothing is broken."""
    with database.read() as conn:
        found = trial_balance(conn)
        broken = [each.check for each in run(conn) if not each.ok]
        cards = [(one.external_id, one.facts) for one in cards_of(conn, 1)]
    amounts = sorted(zip(found["account"], found["balance_micros"].astype(int), strict=True))
    return amounts, cards, broken


@LAW
@given(charges=CHARGES, chance=st.randoms(use_true_random=False))
def test_any_order_split_and_repetition_is_the_same_books(
    sqlite_template: Path, tmp_path: Path, charges: list[Charged], chance: Any
) -> None:
    with shop(sqlite_template, tmp_path) as (database, accounts):
        told = objects(accounts, charges)
        bring(database, as_list(*told))
        expected = standing(database)
        assert expected[2] == []
        bring(database, as_lines(*chance.sample(told, len(told))))
        assert standing(database) == expected
    with shop(sqlite_template, tmp_path) as (database, accounts):
        several = objects(accounts, charges)
        chance.shuffle(several)
        for _ in range(3):  # what came before its customer or charge is taken when its file comes again
            for start in range(0, len(several), 2):
                bring(database, as_lines(*several[start : start + 2]))
        assert standing(database) == expected


def bring(database: Database, content: bytes) -> None:
    database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="x"), at=AT)

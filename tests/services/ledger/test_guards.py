"""Attacks on the books by SQL: the database itself refuses each, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.db.engine import Database
from tests.builders import AT, ONE, bought, customers, post, used

HEADER = (
    'INSERT INTO journal_entry (id, kind, source, "key", request_hash, period, effective_on, posted_at, guarded, '
    "actor, memo) "
    "VALUES ({id}, 'rental', 'attack', '{id}', {hash}, {period}, '{day}', '2026-11-20T01:00:00.000000Z', {yes}, "
    "'x', '')"
)
POSTING = (
    "INSERT INTO posting (entry_id, seq, account_id, currency, amount, base_amount) "
    "VALUES ({id}, {seq}, {account}, '{code}', {amount}, {base})"
)
SEAL = "INSERT INTO journal_seal (entry_id, postings) VALUES ({id}, {n})"


def _header(conn: Connection, entry_id: int = 900, period: int = 202611, day: str = "2026-11-05") -> str:
    sqlite = conn.dialect.name == "sqlite"
    return HEADER.format(
        id=entry_id, hash="x''" if sqlite else "''::bytea", yes="1" if sqlite else "true", period=period, day=day
    )


def _postings(
    entry_id: int = 900, amounts: tuple[int, ...] = (5, -5), code: str = "AUD", account: int = 2
) -> list[str]:
    return [
        POSTING.format(id=entry_id, seq=seq, account=account, code=code, amount=amount, base=amount)
        for seq, amount in enumerate(amounts, start=1)
    ]


def _seal(entry_id: int = 900, n: int = 2) -> str:
    return SEAL.format(id=entry_id, n=n)


ATTACKS = {
    "change an amount": lambda _: ["UPDATE posting SET amount = amount + 1"],
    "delete a posting": lambda _: ["DELETE FROM posting"],
    "change an entry's day": lambda _: ["UPDATE journal_entry SET memo = 'x'"],
    "delete an entry": lambda _: ["DELETE FROM journal_entry"],
    "delete a seal": lambda _: ["DELETE FROM journal_seal"],
    "change a seal": lambda _: ["UPDATE journal_seal SET postings = 3"],
    "delete a month": lambda _: ["DELETE FROM accounting_period"],
    "delete a block": lambda _: ["DELETE FROM chain_block"],
    "change a block": lambda _: ["UPDATE chain_block SET entries = 0"],
    "an entry without a seal": lambda c: [_header(c), *_postings()],
    "an entry without postings": lambda c: [_header(c), _seal()],
    "a header alone": lambda c: [_header(c)],
    "one leg": lambda c: [_header(c), *_postings(amounts=(5,)), _seal(n=1)],
    "legs that do not balance": lambda c: [_header(c), *_postings(amounts=(5, -4)), _seal()],
    "a seal with the wrong number": lambda c: [_header(c), *_postings(), _seal(n=3)],
    "two seals": lambda c: [_header(c), *_postings(), _seal(), _seal()],
    "a posting after the seal": lambda c: [_header(c), *_postings(), _seal(), *_postings(amounts=(0, 0, 7))[2:]],
    "a posting to an old entry": lambda _: [POSTING.format(id=1, seq=9, account=2, code="AUD", amount=1, base=1)],
    "a seal without an entry": lambda _: [_seal(901, 2)],
    "a posting without an entry": lambda _: _postings(901),
    "a currency the account does not have": lambda c: [_header(c), *_postings(code="USD"), _seal()],
    "an unknown account": lambda c: [_header(c), *_postings(account=999), _seal()],
    "a posting of nothing": lambda c: [_header(c), *_postings(amounts=(0, 0)), _seal()],
    "AUD with another base": lambda c: [
        _header(c),
        POSTING.format(id=900, seq=1, account=2, code="AUD", amount=5, base=6),
    ],
    "a month that is not open": lambda c: [_header(c, period=202607, day="2026-07-05"), *_postings(), _seal()],
    "a month that is not the day's": lambda c: [_header(c, day="2026-10-05"), *_postings(), _seal()],
    "an event posted before": lambda c: [_header(c).replace("'attack', '900'", "'test', 'a'"), *_postings(), _seal()],
    "a guarded entry beyond the limit": lambda c: [
        _header(c),
        POSTING.format(id=900, seq=1, account=1, code="AUD", amount=5, base=5)
        .replace("base_amount)", "base_amount, account_version, balance_after)")
        .replace(", 5, 5)", ", 5, 5, 99, 5)"),
        *_postings(amounts=(5, -5))[1:],
        _seal(),
    ],
}
SQLITE_ONLY = {
    "replace an entry": lambda c: [_header(c, entry_id=1).replace("INSERT", "INSERT OR REPLACE")],
    "replace a posting": lambda _: ["INSERT OR REPLACE INTO posting SELECT * FROM posting"],
    "replace a seal": lambda _: ["INSERT OR REPLACE INTO journal_seal SELECT * FROM journal_seal"],
    "a fraction of a micro": lambda c: [_header(c), *_postings(amounts=(0.5, -0.5)), _seal()],
    "text for money": lambda c: [_header(c), *[one.replace(", 5, 5)", ", 'five', 5)") for one in _postings()], _seal()],
}
POSTGRES_ONLY = {
    "truncate the postings": lambda _: ["TRUNCATE posting CASCADE"],
    "truncate the entries": lambda _: ["TRUNCATE journal_entry CASCADE"],
    "truncate the seals": lambda _: ["TRUNCATE journal_seal CASCADE"],
}


def _books(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, ONE, key="a"))
    post(database, used(one, ONE // 2, key="b"))
    from services.ledger.operations import roll_up

    database.act(roll_up)


def _attack(database: Database, attack: object) -> None:
    _books(database)
    with pytest.raises(DBAPIError):
        database.act(lambda tx: _run(tx.conn, attack(tx.conn)), at=AT)  # type: ignore[operator]


def _run(conn: Connection, statements: list[str]) -> None:
    for statement in statements:
        conn.execute(text(statement))


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_on_both(database: Database, name: str) -> None:
    _attack(database, ATTACKS[name])


@pytest.mark.parametrize("name", SQLITE_ONLY)
def test_refused_on_sqlite(sqlite_database: Database, name: str) -> None:
    _attack(sqlite_database, SQLITE_ONLY[name])


@pytest.mark.parametrize("name", POSTGRES_ONLY)
def test_refused_on_postgresql(postgres_database: Database, name: str) -> None:
    _attack(postgres_database, POSTGRES_ONLY[name])


def test_a_sealed_balanced_entry_is_let_in(database: Database) -> None:
    _books(database)
    with database.write(at=AT) as tx:
        for statement in [_header(tx.conn), *_postings(), _seal()]:
            tx.conn.execute(text(statement))


def test_a_reader_cannot_write(database: Database) -> None:
    _books(database)
    with pytest.raises(DBAPIError), database.read() as conn:
        conn.execute(text("UPDATE account_balance SET balance = 0"))


def test_the_limit_is_the_reason_a_guarded_entry_is_refused(database: Database) -> None:
    _books(database)
    beyond = ATTACKS["a guarded entry beyond the limit"]
    with pytest.raises(DBAPIError, match="beyond the limit"):
        database.act(lambda tx: _run(tx.conn, beyond(tx.conn)), at=AT)

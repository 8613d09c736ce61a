"""Laws of the ledger under random histories: a dictionary that knows nothing of SQL must always agree with it."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.model import Draft, Purpose
from services.ledger.rollup import GENESIS, hash_block
from services.periods import Period
from tests.builders import AT, TODAY, bought, credit, customers, reverse, used
from tests.conftest import SYDNEY

DAYS = st.integers(0, 100).map(lambda back: TODAY - timedelta(days=back))
AMOUNTS = st.integers(1, 10**12)
CURRENCIES = st.sampled_from(["AUD", "USD", "JPY"])
RATES = st.sampled_from(["0.0101", "1", "1.523337", "1.4999999"])
PEOPLE = st.integers(1, 3)


class Books(RuleBasedStateMachine):
    """A ledger and its oracle: what every account should hold, by plain addition."""

    template: Path
    folder: Path
    serial = 0

    @initialize()
    def open_books(self) -> None:
        """New books with three customers."""
        type(self).serial += 1
        path = self.folder / f"{self.serial}.sqlite"
        shutil.copy(self.template, path)
        self.database = Database(f"sqlite:///{path}", timezone=SYDNEY)
        customers(self.database, 3)
        self.held: dict[tuple[int, str], int] = defaultdict(int)
        self.moved: list[tuple[date, int, str, int]] = []
        self.undoable: list[tuple[int, int, str, int, date]] = []
        self.number = 0

    def _post(self, drafts: list[Draft]) -> None:
        ids = self.database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
        assert len(set(ids)) == len(drafts)
        for entry_id, draft in zip(ids, drafts, strict=True):
            leg = next(leg for leg in draft.legs if leg.account.purpose is Purpose.CREDIT)
            owner = draft.customer_id or 0
            self._count(owner, leg.account.currency, -leg.micros, draft.effective_on)
            self.undoable.append((entry_id, owner, leg.account.currency, -leg.micros, draft.effective_on))

    def _count(self, owner: int, currency: str, micros: int, on: date) -> None:
        self.held[owner, currency] += micros
        self.moved.append((on, owner, currency, micros))

    def _key(self) -> str:
        self.number += 1
        return str(self.number)

    @rule(customer=PEOPLE, micros=AMOUNTS, on=DAYS, currency=CURRENCIES, rate=RATES)
    def buy(self, customer: int, micros: int, on: date, currency: str, rate: str) -> None:
        """Somebody buys credit."""
        self._post([bought(customer, micros, key=self._key(), on=on, currency=currency, rate=rate)])

    @rule(rows=st.lists(st.tuples(PEOPLE, AMOUNTS, DAYS, CURRENCIES, RATES), min_size=1, max_size=50))
    def use(self, rows: list[tuple[int, int, date, str, str]]) -> None:
        """Messages are sent, many at once."""
        drafts = [
            used(n, micros, key=self._key(), on=on, currency=code, rate=rate) for n, micros, on, code, rate in rows
        ]
        self._post(drafts)

    @rule(pick=st.integers(0, 10**6), on=DAYS)
    def undo(self, pick: int, on: date) -> None:
        """Some entry is reversed, or refused because its money is spent."""
        if not self.undoable:
            return
        entry_id, owner, currency, micros, _ = self.undoable.pop(pick % len(self.undoable))
        try:
            with self.database.write(at=AT) as tx:
                reverse(tx, entry_id, on=on)
        except ledger.CreditTooSmall:
            assert micros > self.held[owner, currency]
            return
        self._count(owner, currency, -micros, on)

    @rule()
    def roll_up(self) -> None:
        """The control totals catch up."""
        self.database.act(ledger.roll_up)

    @invariant()
    def agrees_with_plain_addition(self) -> None:
        """Balances, sums and versions are what plain addition says."""
        if not hasattr(self, "database"):
            return
        with self.database.read() as conn:
            for (owner, currency), micros in self.held.items():
                assert queries.credit_balance(conn, owner, currency).micros == micros
            frame = queries.trial_balance(conn)
            assert int(frame["balance_micros"].sum()) == 0
            assert int(frame["base_balance_micros"].sum()) == 0
            sums = "SELECT MAX(ABS(s)) FROM (SELECT SUM(amount) AS s FROM posting GROUP BY entry_id, currency)"
            assert not conn.execute(text(sums)).scalar()
            kept = (
                "SELECT COUNT(*) FROM account_balance b "
                "JOIN (SELECT account_id, SUM(amount) AS a, SUM(base_amount) AS ba, "
                "COUNT(*) AS n, MAX(account_version) AS v FROM posting GROUP BY account_id) p "
                "ON p.account_id = b.account_id "
                "WHERE b.balance <> p.a OR b.base_balance <> p.ba OR b.version <> p.n OR b.version <> p.v "
                "OR (b.balance = 0 AND b.base_balance <> 0)"
            )
            assert conn.execute(text(kept)).scalar() == 0

    def teardown(self) -> None:
        """At the end explanations tie, days agree and the hash chain holds."""
        if not hasattr(self, "database"):
            return
        first, last = TODAY - timedelta(days=60), TODAY - timedelta(days=10)
        with self.database.read() as conn:
            for owner, currency in self.held:
                told = queries.explain(conn, customer_id=owner, currency=currency, period=Period(first, last))
                expected = sum(m for on, who, code, m in self.moved if (who, code) == (owner, currency) and on < last)
                assert (told.difference.micros, told.closing.micros) == (0, expected)
                series = queries.daily_credit(conn, customer_id=owner, currency=currency, period=Period(first, last))
                assert int(series["micros"].iloc[-1]) == expected
                balance, _ = queries.balance_on(conn, credit(owner, currency), last - timedelta(days=1))
                assert -balance.micros == expected
            blocks = conn.execute(
                text("SELECT from_mark, before_mark, previous_hash, hash FROM chain_block ORDER BY no")
            ).all()
            previous = GENESIS
            for start, before, said_previous, said in blocks:
                assert (said_previous, said) == (previous, hash_block(conn, start, before, previous)[0])
                previous = said
        self.database.close()


def test_random_histories_keep_every_law(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Books.template, Books.folder = sqlite_template, Path(folder)
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=15,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            ),
        )


def test_both_databases_give_the_same_books_from_the_same_history(
    sqlite_database: Database, postgres_database: Database
) -> None:
    frames = []
    for database in (sqlite_database, postgres_database):
        customers(database, 3)
        drafts = []
        for n in range(300):
            customer, code = n % 3 + 1, ("AUD", "USD", "JPY")[n % 3]
            on = TODAY - timedelta(days=n % 90)
            maker = bought if n % 5 == 0 else used
            drafts.append(maker(customer, 1_000_003 * (n + 1), key=str(n), on=on, currency=code, rate="1.523337"))
        database.act(lambda tx, drafts=drafts: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
        database.act(ledger.roll_up)
        with database.read() as conn:
            hashes = conn.execute(text("SELECT hash FROM chain_block")).scalars().all()
            frames.append((queries.trial_balance(conn), [bytes(one) for one in hashes]))
    assert frames[0][0].equals(frames[1][0])
    assert frames[0][1] == frames[1][1]

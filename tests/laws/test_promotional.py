"""Laws of promotional credit: use draws it first, it never exceeds the credit in hand, and undoing gives it back."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import books
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.model import Draft
from services.ledger.promotional import promotional_after
from services.ledger.reversing import reverse_many
from tests.builders import AT, TODAY, bought, customers, granted, reverse, used
from tests.conftest import SYDNEY

Owner = tuple[int, str]
OWNERS = st.tuples(st.integers(1, 2), st.sampled_from(["AUD", "USD"]))
AMOUNTS = st.integers(1, 10**9)
RATES = st.sampled_from(["1", "1.523337", "1.4999999"])


@dataclass(frozen=True)
class Moved:
    """What an entry did to a customer's credit and to the promotional part of it."""

    entry_id: int
    owner: Owner
    credit: int
    promotional: int
    is_use: bool


class Given(RuleBasedStateMachine):
    """A ledger and its oracle: credit and promotional credit as plain numbers."""

    template: Path
    folder: Path
    serial = 0

    @initialize()
    def open_books(self) -> None:
        """New books with two customers."""
        type(self).serial += 1
        path = self.folder / f"{self.serial}.sqlite"
        shutil.copy(self.template, path)
        self.database = Database(f"sqlite:///{path}", timezone=SYDNEY)
        customers(self.database, 2)
        self.credit: dict[Owner, int] = defaultdict(int)
        self.promotional: dict[Owner, int] = defaultdict(int)
        self.paid: dict[str, int] = defaultdict(int)
        self.undoable: list[Moved] = []
        self.number = 0

    def _count(self, owner: Owner, *, credit: int, own: int, use: bool) -> int:
        """Move the oracle; gives by how much promotional credit changed in all."""
        before = self.promotional[owner]
        self.credit[owner] += credit
        after = max(0, min(before + own + (credit if use else 0), self.credit[owner]))
        self.promotional[owner] = after
        return after - before

    def _post(self, draft: Draft, owner: Owner, *, credit: int, own: int = 0, use: bool = False) -> None:
        entry_id = self.database.act(lambda tx: ledger.post(tx, draft, by=SYSTEM), at=AT).entry_id
        moved = self._count(owner, credit=credit, own=own, use=use)
        self.undoable.append(Moved(entry_id, owner, credit, moved, use))

    def _facts(self, owner: Owner, rate: str) -> dict[str, str]:
        self.number += 1
        return {"key": str(self.number), "currency": owner[1], "rate": rate}

    @rule(owner=OWNERS, micros=AMOUNTS, rate=RATES)
    def buy(self, owner: Owner, micros: int, rate: str) -> None:
        """Credit is bought."""
        if self.credit[owner] < 0:  # who owes pays back at what it was carried at; the payments room sees to it
            return
        self._post(bought(owner[0], micros, **self._facts(owner, rate)), owner, credit=micros)
        self.paid[owner[1]] += micros

    @rule(owner=OWNERS, micros=AMOUNTS, rate=RATES)
    def grant(self, owner: Owner, micros: int, rate: str) -> None:
        """Credit is given; what covers a debt is used up at once."""
        self._post(granted(owner[0], micros, **self._facts(owner, rate)), owner, credit=micros, own=micros)

    @rule(owner=OWNERS, part=st.integers(1, 100), rate=RATES)
    def expire(self, owner: Owner, part: int, rate: str) -> None:
        """Some of what is left of it is taken back, and more than that is refused."""
        micros = self.promotional[owner] * part // 100
        if micros:
            self._post(granted(owner[0], -micros, **self._facts(owner, rate)), owner, credit=-micros, own=-micros)
        try:
            more = granted(owner[0], -self.promotional[owner] - 1, **self._facts(owner, rate))
            self.database.act(lambda tx: ledger.post(tx, more, by=SYSTEM), at=AT)
        except ledger.CreditTooSmall:
            return
        raise AssertionError("more was taken back than was left")

    @rule(rows=st.lists(st.tuples(OWNERS, AMOUNTS, RATES), min_size=1, max_size=8))
    def use(self, rows: list[tuple[Owner, int, str]]) -> None:
        """Messages are sent, many posted at once."""
        drafts = [used(owner[0], micros, **self._facts(owner, rate)) for owner, micros, rate in rows]
        ids = self.database.act(lambda tx: ledger.post_many(tx, drafts, by=SYSTEM), at=AT)
        for entry_id, (owner, micros, _) in zip(ids, rows, strict=True):
            moved = self._count(owner, credit=-micros, own=0, use=True)
            self.undoable.append(Moved(entry_id, owner, -micros, moved, is_use=True))

    @rule(pick=st.integers(0, 10**6), way=st.sampled_from(["one", "many"]))
    def undo(self, pick: int, way: str) -> None:
        """Some entry is reversed, one way or the other, or refused because what it gave is spent."""
        if not self.undoable:
            return
        old = self.undoable.pop(pick % len(self.undoable))
        try:
            with self.database.write(at=AT) as tx:
                if way == "many":
                    reverse_many(tx, by=SYSTEM, entries={old.entry_id: TODAY}, reason="a test")
                else:
                    reverse(tx, old.entry_id)
        except ledger.CreditTooSmall:
            spent = self.credit[old.owner] < old.credit or self.promotional[old.owner] < old.promotional
            assert spent
            return
        bought_now = old.credit > 0 and old.promotional <= 0 and not old.is_use
        self.paid[old.owner[1]] -= old.credit if bought_now and old.entry_id in self._tops() else 0
        self._count(old.owner, credit=-old.credit, own=-old.promotional, use=False)

    def _tops(self) -> set[int]:
        with self.database.read() as conn:
            return set(conn.execute(text("SELECT id FROM journal_entry WHERE kind = 'bank_top_up'")).scalars())

    @invariant()
    def agrees_with_plain_numbers(self) -> None:
        """Both balances are what plain reckoning says, and within their bounds."""
        if not hasattr(self, "database"):
            return
        with self.database.read() as conn:
            for owner, micros in self.credit.items():
                promotional = queries.promotional_credit(conn, *owner).micros
                assert queries.credit_balance(conn, *owner).micros == micros
                assert promotional == self.promotional[owner]
                assert 0 <= promotional <= max(micros, 0)

    @invariant()
    def earns_only_what_was_paid(self) -> None:
        """Revenue less the discount is what was paid and is no longer held: giving credit away earns nothing."""
        if not hasattr(self, "database"):
            return
        with self.database.read() as conn:
            frame = queries.trial_balance(conn)
        earned = dict.fromkeys(("AUD", "USD"), 0)
        for account, code, micros in zip(frame["account"], frame["currency"], frame["balance_micros"], strict=True):
            if ":revenue_sms:" in account or ":promo_discount:" in account:
                earned[code] -= int(micros)
        for code, net in earned.items():
            held = sum(self.credit[who] - self.promotional[who] for who in list(self.credit) if who[1] == code)
            assert net == self.paid[code] - held

    def teardown(self) -> None:
        """At the end every check of the books is green, that no AUD stranded among them."""
        if hasattr(self, "database"):
            with self.database.read() as conn:
                broken = {check.name: rows for check in books.CHECKS if (rows := check.search(conn))}
            self.database.close()
            assert broken == {}


def test_random_histories_of_promotional_credit(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Given.template, Given.folder = sqlite_template, Path(folder)
        run_state_machine_as_test(
            Given,
            settings=settings(
                max_examples=20,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            ),
        )


@given(before=st.integers(0, 10**12), used_=st.integers(-(10**12), 10**12), held=st.integers(-(10**12), 10**12))
def test_what_is_left_is_within_its_bounds_and_used_first(before: int, used_: int, held: int) -> None:
    after = promotional_after(before, used=used_, credit=held)
    assert 0 <= after <= max(held, 0)
    assert after <= before
    assert after in {0, held, before - max(used_, 0)}

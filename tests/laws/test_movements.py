"""Laws of finding: the pages of any filter are exactly its movements, once each; any balance is the sum so far."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.db.engine import Database
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.finding import Direction, MovementFilter
from services.ledger.model import Kind
from services.periods import Period
from tests.builders import AT, ONE, TODAY, bought, customers, reverse, used
from tests.conftest import SYDNEY

_serial = count()
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "use", "use", "undo"]),
        st.integers(1, 2),
        st.sampled_from(["AUD", "USD"]),
        st.integers(0, 6),
        st.integers(1, 9),
        st.sampled_from(["", "keyword", "refund 12"]),
    ),
    min_size=1,
    max_size=25,
)
FILTERS = st.builds(
    MovementFilter,
    period=st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
        lambda back: Period(TODAY - timedelta(days=max(back)), TODAY - timedelta(days=min(back) - 1))
    ),
    customer_id=st.sampled_from([None, 1, 2]),
    kinds=st.sampled_from([frozenset(), frozenset({Kind.USAGE_SMS}), frozenset({Kind.BANK_TOP_UP})]),
    currency=st.sampled_from([None, "AUD", "USD"]),
    direction=st.sampled_from([None, *Direction]),
    at_least=st.sampled_from([None, 3 * ONE]),
    at_most=st.sampled_from([None, 6 * ONE]),
    words=st.sampled_from(["", "KEY", "refund 12", "a_b"]),
    reversals=st.sampled_from([False, False, True]),
)


def live(database: Database, events: list[tuple[str, int, str, int, int, str]], *, rolled_up: int) -> None:
    """Post the events in their order, back-dated as they say; some are taken back where the credit allows it."""
    undoable: list[int] = []
    for number, (what, who, currency, back, amount, memo) in enumerate(events):
        on = TODAY - timedelta(days=back)
        with database.write(at=AT) as tx:
            if what == "undo":
                if undoable:
                    try_to_undo(tx, undoable.pop(amount % len(undoable)), on)
            else:
                make = bought if what == "buy" else used
                draft = replace(
                    make(who, amount * ONE, key=str(number), on=on, currency=currency, rate="1.5"), memo=memo
                )
                if currency == "AUD":
                    draft = replace(draft, rate=None)
                undoable.append(ledger.post(tx, draft, by=SYSTEM).entry_id)
        if number == rolled_up:
            database.act(ledger.roll_up)


def try_to_undo(tx: object, entry_id: int, on: object) -> None:
    try:
        reverse(tx, entry_id, on=on)  # type: ignore[arg-type]
    except ledger.CreditTooSmall:
        return


def fits(row: Any, wanted: MovementFilter) -> bool:
    """The filter by plain comparison, on a row of the whole list."""
    sign = {Direction.IN: row.micros > 0, Direction.OUT: row.micros < 0, None: True}[wanted.direction]
    return bool(
        sign
        and row.day in wanted.period
        and wanted.customer_id in (None, row.customer_id)
        and (not wanted.kinds or row.kind in wanted.kinds)
        and wanted.currency in (None, row.currency)
        and (wanted.at_least is None or abs(row.micros) >= wanted.at_least)
        and (wanted.at_most is None or abs(row.micros) <= wanted.at_most)
        and all(word in row.memo.lower() for word in wanted.words.lower().split())
        and (not wanted.reversals or row.reversal_of_id > 0)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, wanted=FILTERS, size=st.integers(1, 7), rolled_up=st.integers(0, 25))
def test_pages_are_the_movements_once_each_and_balances_are_sums(
    sqlite_template: Path, tmp_path: Path, *, events: list, wanted: MovementFilter, size: int, rolled_up: int
) -> None:
    path = tmp_path / f"{next(_serial)}.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    customers(database, 2)
    live(database, events, rolled_up=rolled_up)
    ever = MovementFilter(Period(TODAY - timedelta(days=99), TODAY + timedelta(days=1)))
    with database.read() as conn:
        whole = list(queries.found_movements(conn, wanted=ever, size=10_000).rows.fillna(0).itertuples())
        pages = [
            queries.found_movements(conn, wanted=wanted, page=page, size=size) for page in range(1, 28 // size + 3)
        ]
    database.close()
    expected = [row for row in whole if fits(row, wanted)]
    listed = [row for page in pages for row in page.rows.itertuples()]
    assert [(row.entry_id, row.seq) for row in listed] == [(row.entry_id, row.seq) for row in expected]
    assert {page.total for page in pages} == {len(expected)}
    sums = {
        code: sum(row.micros for row in expected if row.currency == code) for code in {r.currency for r in expected}
    }
    assert all(page.sums == sums for page in pages)
    if wanted.customer_id and wanted.currency:
        own = [row for row in whole if (row.customer_id, row.currency) == (wanted.customer_id, wanted.currency)]
        own.reverse()
        for row in listed:
            upto = [each.entry_id for each in own].index(row.entry_id) + 1
            assert row.balance_micros == sum(each.micros for each in own[:upto])

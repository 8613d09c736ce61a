"""Laws of custom fees: no month is charged twice, none after a fee's end, and the register is what the books hold."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.errors import LedgerdeskError
from services.fees.model import Fee, FeeKind
from services.fees.operations import change_fee, charge_fees, end_fee, reverse_charge
from services.fees.queries import fee, hidden_register, hidden_total
from services.integrity.queries import run
from services.money import Money, minor_unit
from services.periods import Period, add_months, month_of
from tests.conftest import SYDNEY
from tests.fees import KEYWORD, at, open_shop

FIRST = date(2026, 9, 1)
MONTHS = [add_months(FIRST, ahead) for ahead in range(6)]
days = st.integers(0, 400).map(lambda offset: FIRST + timedelta(days=offset))


@st.composite
def lives(draw: st.DrawFn) -> Fee:
    start = draw(days)
    end = draw(st.none() | days.map(lambda day: max(day, start)))
    code = draw(st.sampled_from(["AUD", "JPY", "KWD"]))
    first = (start.replace(day=1), draw(st.integers(1, 10_000)))
    later = draw(st.lists(st.tuples(st.sampled_from(MONTHS), st.integers(1, 10_000)), max_size=3))
    amounts = tuple((month, Money(units * minor_unit(code), code)) for month, units in (first, *later))
    return Fee(1, 1, FeeKind.KEYWORD, True, False, "x", "", start, end, amounts)


@given(lives())
def test_every_day_of_a_fees_life_is_charged_once_and_no_other(one: Fee) -> None:
    months = Period(FIRST, add_months(FIRST, 15)).months()
    covered = [due[0] for month in months if (due := one.charge_for(month))]
    found = [days.starts_on + timedelta(days=i) for days in covered for i in range(days.days)]
    end = one.ends_before or add_months(FIRST, 15)
    assert found == [one.starts_on + timedelta(days=i) for i in range((end - one.starts_on).days)]


@given(lives(), days)
def test_a_whole_month_costs_what_is_agreed_for_it_and_a_part_no_more(one: Fee, day: date) -> None:
    if due := one.charge_for(day):
        agreed = one.amount_in(day)
        assert due[1] == agreed if due[0] == month_of(day) else due[1] <= agreed


@given(lives(), days)
def test_the_next_charge_is_one_that_will_be_made(one: Fee, today: date) -> None:
    if following := one.next_charge(today):
        on, amount = following
        due = one.charge_for(on)
        assert due is not None
        assert (due[0].starts_on, due[1]) == (on, amount)
        assert on > today or on == one.starts_on


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_any_lives_and_any_order_of_runs_charge_each_month_once(sqlite_template: Path, seed: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite"
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite:///{path}", timezone=SYDNEY)
        try:
            _live(database, random.Random(seed))  # noqa: S311 - a test's luck
            _hold(database)
        finally:
            database.close()


def _live(database: Database, luck: random.Random) -> None:
    shop = open_shop(database)
    for ahead, month in enumerate(MONTHS):
        moment = at(month.year, month.month, luck.randint(1, 28))
        runs = [luck.choice(MONTHS[: ahead + 1]) for _ in range(luck.randint(0, 4))]
        acts = [(charge_fees, {"by": SYSTEM, "month": run}) for run in runs]
        number = luck.randint(1, 4)
        acts += [
            (change_fee, {"by": shop.ada, "fee_id": number, "amount": Money.of(luck.randint(1, 90), "AUD"),
                          "from_month": luck.choice(MONTHS), "reason": "x", "expected_version": 1}),
            (end_fee, {"by": shop.ada, "fee_id": number, "reason": "x"}),
            (reverse_charge, {"by": shop.ben, "charge_id": luck.randint(1, 6), "reason": "x"}),
        ][: luck.randint(0, 3)]  # fmt: skip
        luck.shuffle(acts)
        wanted = replace(KEYWORD, visible=luck.random() < 0.5, wording="x", customer_id=luck.randint(1, 2))
        shop.set(replace(wanted, amount=Money.of(luck.randint(1, 90), "AUD")), moment, nonce=str(ahead))
        for operation, facts in acts:
            with suppress(LedgerdeskError):  # what cannot be done is refused in a sentence
                shop.act(moment, operation, **facts)


def _hold(database: Database) -> None:
    year = Period(FIRST, add_months(FIRST, 12))
    with database.read() as conn:
        assert [one.check for one in run(conn, names=("custom_fees", "custom_fee_months")) if not one.ok] == []
        hidden = "SELECT COALESCE(SUM(p.amount), 0) FROM posting p JOIN account a ON a.id = p.account_id JOIN"
        hidden += " custom_fee_charge c ON c.entry_id = p.entry_id WHERE a.purpose = 'credit' AND c.visible = 0"
        posted = conn.execute(text(hidden)).scalar_one()
        assert sum(hidden_register(conn, period=year).sums.values()) == posted
        totals = [hidden_total(conn, customer_id=number, period=year).micros for number in (1, 2)]
        assert sum(totals) == -posted
        rows = conn.execute(text("SELECT fee_id, MAX(ends_before) FROM custom_fee_charge GROUP BY fee_id")).all()
        for fee_id, last in rows:
            end = fee(conn, fee_id).ends_before
            assert end is None or date.fromisoformat(last) <= end

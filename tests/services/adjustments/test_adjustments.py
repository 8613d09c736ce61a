"""Adjustments: small ones post at once, larger ones wait for another person, and what is spent is not taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.access.approvals import SelfApproval
from services.access.model import SYSTEM, Principal, Role
from services.adjustments.fifo import left_of_each
from services.adjustments.model import (
    AdjustmentKind,
    CannotUndo,
    NonceReused,
    NoSuchAdjustment,
    NothingToRefund,
    RefundChanged,
    Spent,
    State,
)
from services.adjustments.operations import expire_promotions
from services.adjustments.queries import adjustment, page, waiting
from services.adjustments.refunds import refundable
from services.adjustments.tables import adjustment as table
from services.db.engine import Database
from services.errors import Forbidden, InvalidForm
from services.integrity.queries import run
from services.jobs.model import Outcome
from services.jobs.running import run_due
from services.ledger.model import Kind, Purpose
from services.ledger.queries import entry
from services.money import Money
from services.usage.operations import undo_import
from services.usage.records import CannotUndo as ImportKept
from services.wiring.jobs import JOBS
from tests.adjusting import NOVEMBER, ask, buys, decide, refund, sends, standing, team, undo
from tests.builders import ONE, post, used
from tests.invoicing import AT, open_shop

Company = tuple[Database, dict[str, Any], dict[Role, Principal]]


@pytest.fixture
def company(database: Database) -> Company:
    return database, open_shop(database), team(database)


def moved(database: Database, entry_id: int | None) -> tuple[Kind, dict[Purpose, str]]:
    with database.read() as conn:
        found = entry(conn, entry_id or 0)
    return found.kind, {each.account.purpose: f"{each.micros / ONE:.2f}" for each in found.postings}


def sound(database: Database) -> None:
    """Every check is green, but the one of receipts: here credit is bought without a bank line."""
    with database.read() as conn:
        assert [result.detail for result in run(conn) if not result.ok and result.check != "receipts_unallocated"] == []


def test_small_goodwill_posts_at_once(company: Company) -> None:
    database, shop, people = company
    made = ask(database, "give_goodwill", shop["AU"], "49.99", people[Role.SUPPORT])
    assert made.state is State.POSTED
    assert moved(database, made.entry_id) == (Kind.GOODWILL, {Purpose.CREDIT: "-49.99", Purpose.GOODWILL: "49.99"})
    assert standing(database, shop["AU"]) == ("49.99", "0.00")
    sound(database)


def test_goodwill_from_fifty_waits_for_another_person(company: Company) -> None:
    database, shop, people = company
    made = ask(database, "give_goodwill", shop["AU"], "50.00", people[Role.ACCOUNTING])
    assert made.state is State.WAITING
    assert standing(database, shop["AU"]) == ("0.00", "0.00")
    with pytest.raises(SelfApproval):
        decide(database, made, people[Role.ACCOUNTING])
    with pytest.raises(Forbidden):
        decide(database, made, people[Role.SUPPORT])
    done = decide(database, made, people[Role.MANAGER])
    assert (done.state, done.approved_by) == (State.POSTED, "manager person")
    assert standing(database, shop["AU"]) == ("50.00", "0.00")
    sound(database)


def test_a_limit_cannot_be_split_over_one_day(company: Company) -> None:
    database, shop, people = company
    first = ask(database, "give_goodwill", shop["AU"], "30.00", people[Role.SUPPORT])
    second = ask(database, "give_goodwill", shop["AU"], "20.00", people[Role.ACCOUNTING])
    assert (first.state, second.state) == (State.POSTED, State.WAITING)
    assert second.judged.day.text() == "50.00 AUD"
    other = ask(database, "give_goodwill", shop["GB"], "20.00", people[Role.SUPPORT])
    tomorrow = ask(database, "give_goodwill", shop["AU"], "30.00", people[Role.SUPPORT], at=AT + timedelta(days=1))
    assert (other.state, tomorrow.state) == (State.POSTED, State.POSTED)
    undo(database, first, people[Role.ACCOUNTING])
    decide(database, second, people[Role.MANAGER], yes=False)
    assert ask(database, "give_goodwill", shop["AU"], "20.00", people[Role.SUPPORT]).state is State.POSTED


def test_abroad_the_limit_is_judged_at_the_stored_rate_which_is_kept(company: Company) -> None:
    """30 October: one dollar is 1.423559 AUD, so 50.00 AUD are 35.12 dollars."""
    database, shop, people = company
    below = ask(database, "give_goodwill", shop["US"], "35.12", people[Role.SUPPORT])
    assert (below.state, below.judged.aud.text()) == (State.POSTED, "50.00 AUD")
    assert below.judged.aud.micros < 50 * ONE
    assert (below.judged.rate_on, below.judged.rate_source) == (date(2026, 10, 30), "European Central Bank")
    above = ask(database, "give_goodwill", shop["US"], "35.13", people[Role.SUPPORT], at=AT + timedelta(days=1))
    assert above.state is State.WAITING
    sound(database)


def test_a_correction_down_takes_only_paid_credit(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "40.00")
    ask(database, "grant_promotion", shop["AU"], "60.00", people[Role.ACCOUNTING])
    with pytest.raises(Spent, match=r"only 40\.00 AUD of the credit was paid for"):
        ask(database, "correct_credit", shop["AU"], "-40.01", people[Role.ACCOUNTING])
    made = ask(database, "correct_credit", shop["AU"], "-40.00", people[Role.ACCOUNTING])
    assert made.state is State.POSTED
    assert standing(database, shop["AU"]) == ("60.00", "60.00")
    up = ask(database, "correct_credit", shop["AU"], "59.99", people[Role.ACCOUNTING])
    assert moved(database, up.entry_id)[1] == {Purpose.CREDIT: "-59.99", Purpose.PRICE_ADJUST: "59.99"}
    sound(database)


def test_a_correction_that_is_spent_while_it_waits_is_refused_at_approval(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "150.00")
    made = ask(database, "correct_credit", shop["AU"], "-120.00", people[Role.ACCOUNTING])
    post(database, used(shop["AU"].id, 31 * ONE, key="u", on=AT.date()))
    with pytest.raises(Spent, match=r"only 119\.00 AUD"):
        decide(database, made, people[Role.MANAGER])
    with database.read() as conn:
        assert (adjustment(conn, made.id).state, waiting(conn)) == (State.WAITING, 1)


def test_undoing_restores_and_is_refused_once_spent(company: Company) -> None:
    database, shop, people = company
    made = ask(database, "give_goodwill", shop["US"], "20.00", people[Role.SUPPORT])
    gone = undo(database, made, people[Role.ACCOUNTING])
    assert (gone.state, gone.undone_by, standing(database, shop["US"])) == (
        State.UNDONE, "accounting person", ("0.00", "0.00")
    )  # fmt: skip
    with pytest.raises(CannotUndo, match="taken back"):
        undo(database, made, people[Role.ACCOUNTING])
    again = ask(database, "give_goodwill", shop["US"], "20.00", people[Role.SUPPORT])
    post(database, used(shop["US"].id, 5 * ONE, key="u", on=AT.date(), currency="USD", rate="1.4"))
    with pytest.raises(Spent, match=r"The 20\.00 USD cannot be taken back"):
        undo(database, again, people[Role.ACCOUNTING])
    sound(database)


def test_what_is_typed_wrong_is_said_field_by_field(company: Company) -> None:
    database, shop, people = company
    with pytest.raises(InvalidForm) as refused:
        ask(database, "give_goodwill", shop["AU"], "-5.00", people[Role.SUPPORT], reason=" ", ticket_id="")
    assert set(refused.value.fields) == {"amount", "reason", "ticket_id"}
    for amount, expires_on in (("0.00", None), ("10.00", AT.date())):
        with pytest.raises(InvalidForm):
            ask(database, "grant_promotion", shop["AU"], amount, people[Role.ACCOUNTING], expires_on=expires_on)
    with pytest.raises(InvalidForm, match="billed in AUD"):
        ask(database, "correct_credit", shop["AU"], "5.00", people[Role.ACCOUNTING], currency="USD")
    with pytest.raises(NoSuchAdjustment), database.read() as conn:
        adjustment(conn, 999)


def test_a_form_sent_twice_adjusts_once(company: Company) -> None:
    database, shop, people = company
    first = ask(database, "give_goodwill", shop["AU"], "10.00", people[Role.SUPPORT], nonce="x")
    again = ask(database, "give_goodwill", shop["AU"], "10.00", people[Role.SUPPORT], nonce="x")
    assert (first.id, standing(database, shop["AU"])) == (again.id, ("10.00", "0.00"))
    with pytest.raises(NonceReused):
        ask(database, "give_goodwill", shop["AU"], "11.00", people[Role.SUPPORT], nonce="x")


def test_undelivered_messages_are_refunded_once(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "10.00")
    sends(database, shop["AU"], ("delivered", "1.00"), ("undelivered", "0.50"), ("expired", "0.25"), ("failed", "0"))
    with pytest.raises(RefundChanged, match=r"0\.75 AUD can be refunded now, not 0\.70 AUD"):
        refund(database, shop["AU"], "0.70", people[Role.SUPPORT])
    made = refund(database, shop["AU"], "0.75", people[Role.SUPPORT])
    assert (made.state, made.wanted.messages) == (State.POSTED, 2)
    assert moved(database, made.entry_id) == (
        Kind.USAGE_REFUND,
        {Purpose.CREDIT: "-0.75", Purpose.PRICE_ADJUST: "0.75"},
    )
    with pytest.raises(NothingToRefund):
        refund(database, shop["AU"], "0.75", people[Role.SUPPORT])
    undo(database, made, people[Role.ACCOUNTING])
    assert refund(database, shop["AU"], "0.75", people[Role.SUPPORT]).state is State.POSTED
    sound(database)


def test_what_promotional_credit_had_paid_comes_back_as_promotional_credit(company: Company) -> None:
    database, shop, people = company
    ask(database, "grant_promotion", shop["AU"], "6.00", people[Role.ACCOUNTING])
    buys(database, shop["AU"], "10.00")
    sends(database, shop["AU"], ("delivered", "4.00"), ("undelivered", "4.00"))
    assert standing(database, shop["AU"]) == ("8.00", "0.00")
    made = refund(database, shop["AU"], "4.00", people[Role.SUPPORT])
    assert standing(database, shop["AU"]) == ("12.00", "3.00")
    undo(database, made, people[Role.ACCOUNTING])
    assert standing(database, shop["AU"]) == ("8.00", "0.00")
    sound(database)


def test_an_import_whose_messages_were_refunded_is_not_undone(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "10.00")
    number = sends(database, shop["AU"], ("undelivered", "0.50"))
    made = refund(database, shop["AU"], "0.50", people[Role.SUPPORT])
    take = {"by": people[Role.ACCOUNTING], "import_id": number, "reason": "wrong file"}
    with pytest.raises(ImportKept, match=f"take back adjustment {made.id} first"):
        database.act(lambda tx: undo_import(tx, **take), at=AT)
    undo(database, made, people[Role.ACCOUNTING])
    database.act(lambda tx: undo_import(tx, **take), at=AT)
    assert standing(database, shop["AU"]) == ("10.00", "0.00")
    with database.read() as conn, pytest.raises(NothingToRefund):
        refundable(conn, customer_id=shop["AU"].id, period=NOVEMBER)


def test_a_large_refund_waits_and_is_looked_up_again(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "900.00")
    sends(database, shop["AU"], ("undelivered", "300.00"), ("undelivered", "300.00"))
    made = refund(database, shop["AU"], "600.00", people[Role.SUPPORT])
    assert made.state is State.WAITING
    sends(database, shop["AU"], ("expired", "1.00"))
    with pytest.raises(RefundChanged, match=r"601\.00 AUD can be refunded by now"):
        decide(database, made, people[Role.MANAGER])
    decide(database, made, people[Role.MANAGER], yes=False)
    again = refund(database, shop["AU"], "601.00", people[Role.SUPPORT])
    assert decide(database, again, people[Role.ACCOUNTING]).state is State.POSTED
    sound(database)


def test_promotions_expire_oldest_first_and_only_what_is_left(company: Company) -> None:
    database, shop, people = company
    buys(database, shop["AU"], "10.00")
    first = ask(
        database, "grant_promotion", shop["AU"], "20.00", people[Role.ACCOUNTING], expires_on=date(2026, 11, 22)
    )
    ask(database, "grant_promotion", shop["AU"], "30.00", people[Role.ACCOUNTING], expires_on=date(2026, 11, 25))
    post(database, used(shop["AU"].id, 15 * ONE, key="u", on=AT.date()))
    later = AT + timedelta(days=2)
    expire = {"by": people[Role.ACCOUNTING]}
    assert database.act(lambda tx: expire_promotions(tx, **expire), at=later) == 1
    assert database.act(lambda tx: expire_promotions(tx, **expire), at=later) == 0
    assert standing(database, shop["AU"]) == ("40.00", "30.00")
    with database.read() as conn:
        assert adjustment(conn, first.id).expired_micros == 5 * ONE
    with pytest.raises(CannotUndo, match="expired"):
        undo(database, first, people[Role.ACCOUNTING])
    assert database.act(lambda tx: expire_promotions(tx, **expire), at=AT + timedelta(days=9)) == 1
    assert standing(database, shop["AU"]) == ("10.00", "0.00")
    sound(database)


def test_a_promotion_abroad_leaves_no_aud_behind(company: Company) -> None:
    database, shop, people = company
    ask(database, "grant_promotion", shop["GB"], "7.00", people[Role.ACCOUNTING], expires_on=date(2026, 11, 21))
    post(database, used(shop["GB"].id, 2 * ONE, key="u", on=AT.date(), currency="GBP", rate="1.9"))
    database.act(lambda tx: expire_promotions(tx, by=people[Role.ACCOUNTING]), at=AT + timedelta(days=1))
    assert standing(database, shop["GB"]) == ("0.00", "0.00")
    sound(database)


def test_a_promotion_to_a_customer_below_zero_covers_the_debt(company: Company) -> None:
    database, shop, people = company
    post(database, used(shop["US"].id, 20 * ONE, key="u", on=AT.date(), currency="USD", rate="1.4"))
    ask(database, "grant_promotion", shop["US"], "80.00", people[Role.ACCOUNTING])
    with database.read() as conn:
        [request] = page(conn, state=State.WAITING).rows.to_dict("records")
        made = adjustment(conn, request["id"])
    decide(database, made, people[Role.MANAGER])
    assert standing(database, shop["US"]) == ("60.00", "60.00")
    sound(database)


def test_the_list_counts_and_sums_by_currency_and_kind(company: Company) -> None:
    database, shop, people = company
    ask(database, "give_goodwill", shop["AU"], "10.00", people[Role.SUPPORT])
    ask(database, "give_goodwill", shop["AU"], "60.00", people[Role.SUPPORT])
    ask(database, "grant_promotion", shop["GB"], "20.00", people[Role.ACCOUNTING])
    with database.read() as conn:
        found = page(conn, period=NOVEMBER, size=2)
        assert (found.total, list(found.rows["kind"])) == (3, ["promotion", "goodwill"])
        sums = {(row.currency, row.kind, row.state): row.micros for row in found.sums.itertuples()}
        assert sums == {
            ("AUD", "goodwill", "posted"): 10 * ONE,
            ("AUD", "goodwill", "waiting"): 60 * ONE,
            ("GBP", "promotion", "posted"): 20 * ONE,
        }
        of = page(conn, customer_id=shop["AU"].id, kind=AdjustmentKind.GOODWILL, state=State.WAITING, currency="AUD")
        assert [of.total, *of.rows["customer"]] == [1, shop["AU"].name]
        assert page(conn, state=State.UNDONE).rows.empty


def test_the_database_refuses_nonsense(company: Company) -> None:
    database, shop, people = company
    made = ask(database, "give_goodwill", shop["AU"], "10.00", people[Role.SUPPORT])
    for wrong in ({"micros": -1}, {"ticket_id": ""}, {"entry_id": None}, {"expires_on": date(2027, 1, 1)}):
        with pytest.raises(DBAPIError), database.write(at=AT) as tx:
            tx.conn.execute(table.update().where(table.c.id == made.id).values(wrong))


@pytest.mark.parametrize(
    ("grants", "held", "left"),
    [([], 0, []), ([20, 30], 50, [20, 30]), ([20, 30], 35, [5, 30]), ([20, 30], 10, [0, 10]), ([20, 30], 60, [20, 30])],
)
def test_use_draws_the_oldest_grant_first(grants: list[int], held: int, left: list[int]) -> None:
    assert left_of_each(grants, held=held) == left


def test_the_daily_job_takes_back_what_is_left(company: Company) -> None:
    database, shop, people = company
    [job] = [job for job in JOBS if job.name == "promotions"]
    ask(database, "grant_promotion", shop["AU"], "20.00", people[Role.ACCOUNTING], expires_on=date(2026, 11, 22))
    with database.read() as conn:
        assert job.since(conn) == date(2026, 11, 22)
        assert job.due(conn, date(2026, 11, 21)) == []
        [subject] = job.due(conn, date(2026, 11, 22))
    assert (subject.customer, subject.amount) == (shop["AU"].name, Money.of("20", "AUD"))
    later = AT + timedelta(days=2)
    run_it = {"by": SYSTEM, "period": date(2026, 11, 22), "ids": [subject.id]}
    assert [database.act(lambda tx: job.run(tx, **run_it), at=later) for _ in range(2)] == [1, 0]
    assert standing(database, shop["AU"]) == ("0.00", "0.00")
    with database.read() as conn:
        assert job.since(conn) is None


def test_a_promotion_used_up_before_its_day_is_done_with_nothing_to_take_back(company: Company) -> None:
    database, shop, people = company
    day = date(2026, 11, 22)
    ask(database, "grant_promotion", shop["AU"], "20.00", people[Role.ACCOUNTING], expires_on=day)
    post(database, used(shop["AU"].id, 20 * ONE, key="u", on=AT.date()))
    jobs = [job for job in JOBS if job.name == "promotions"]
    told = list(run_due(database, by=SYSTEM, jobs=jobs, on=day, at=AT + timedelta(days=2)))
    assert [(one.done, one.failed, one.outcome) for one in told if one.outcome] == [(1, 0, Outcome.DONE)]
    assert standing(database, shop["AU"]) == ("0.00", "0.00")

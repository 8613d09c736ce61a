"""Reminders: due by stage and day, each once, in the customer's language, paused by promises; the last one stops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from services.access.model import SYSTEM, Principal, Role
from services.customers.model import Customer
from services.db.engine import Database
from services.dunning import operations, queries
from services.dunning.model import NoSuchDebt, NotStanding, PromiseState, Stage, Terms
from services.dunning.queries import Need, worklist
from services.errors import InvalidForm
from services.integrity.queries import run
from services.invoices.model import Invoice
from services.jobs.model import Outcome
from services.jobs.running import run_due
from services.mail.model import MailKind, MailState
from services.mail.operations import record_bounce
from services.mail.queries import mails_of_invoice
from services.money import Money
from services.payments.operations import allocate
from services.payments.short.operations import undo_short, wait_for_rest
from services.wiring.jobs import JOBS
from services.wiring.mailing import paper_of, send_mail
from tests.debts import debt, noon, written_off
from tests.invoicing import issue, open_shop
from tests.people import person
from tests.receiving import arrive, line, receive

FIRST = date(2026, 11, 20)  # issued then, due on day 14
[JOB] = [each for each in JOBS if each.name == "dunning"]


def day(number: int) -> date:
    """So many days after the invoice was due."""
    return FIRST + timedelta(days=14 + number)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def ann(database: Database) -> Principal:
    return person(database, "Ann", Role.ACCOUNTING)


def night(database: Database, number: int) -> int:
    """The daily job at noon of a day; gives how many letters it sent."""
    on = day(number)
    ended = [each for each in run_due(database, by=SYSTEM, jobs=[JOB], on=on, at=noon(on)) if each.outcome]
    assert all(each.outcome is Outcome.DONE for each in ended)
    return sum(each.done for each in ended)


def stages(database: Database, made: Invoice) -> list[str]:
    """The stages of the letters that were sent, oldest first."""
    with database.read() as conn:
        mails = [each for each in mails_of_invoice(conn, made.id) if each.kind is MailKind.REMINDER]
    return [each.facts["stage"] for each in reversed(mails)]


def needs(database: Database, number: int) -> list[Need]:
    with database.read() as conn:
        return [Need(int(each)) for each in worklist(conn, on=day(number)).rows["need"]]


def promised(database: Database, by: Principal, owes: Customer, amount: str, number: int, *, on: int, nonce: str = "p"):  # type: ignore[no-untyped-def]
    return database.act(
        lambda tx: operations.promise_to_pay(
            tx, by=by, nonce=nonce, customer_id=owes.id, amount=Money.of(amount, owes.currency),
            promised_on=day(number), who="Ada O’Brien", note="after the holidays",
        ),
        at=noon(day(on)),
    )  # fmt: skip


def test_each_stage_comes_on_its_day_and_once(database: Database, shop: dict[str, Customer]) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    issue(database, shop["AU"], "550.00", nonce="credit", at=noon(FIRST))  # one for credit is never reminded of here
    sent = {number: night(database, number) for number in (0, 2, 3, 4, 9, 10, 11, 19, 20, 21, 29, 30, 31, 60)}
    assert {number for number, count in sent.items() if count} == {3, 10, 20, 30}
    assert stages(database, made) == ["friendly", "firm", "final", "stop"]
    with database.read() as conn:
        [stop] = queries.stops_of(conn)
        assert (stop.number, stop.since) == (made.number, noon(day(30)))
        told = [each.what for each in queries.story(conn, customer_id=shop["AU"].id, currency="AUD")]
        assert [each.check for each in run(conn) if not each.ok] == []
    assert told == ["Stopped", "Final reminder", "Firm reminder", "Friendly reminder"]
    assert needs(database, 60) == [Need.STOPPED]


def test_a_stop_holds_no_payment_off_and_is_over_once_it_is_paid(database: Database, shop: dict[str, Customer]) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    for number in (3, 10, 20, 30):
        night(database, number)
    receive(database, made, "600.00", at=noon(day(33)), key="part")
    with database.read() as conn:
        assert len(queries.stops_of(conn, customer_ids=[shop["AU"].id])) == 1
    receive(database, made, "500.00", at=noon(day(34)), key="rest")
    with database.read() as conn:
        assert queries.stops_of(conn) == []
        assert worklist(conn, on=day(40)).total == 0


def test_a_written_off_debt_is_not_reminded_of(database: Database, shop: dict[str, Customer], ann: Principal) -> None:
    made = debt(database, shop["US"], "1000.00", issued=FIRST)
    night(database, 3)
    written_off(database, made, (ann, person(database, "Bo", Role.ACCOUNTING)), on=day(5))
    assert night(database, 12) == 0


def test_a_french_letter_carries_the_statement_in_french(database: Database, shop: dict[str, Customer]) -> None:
    made = debt(database, shop["FR"], "900.00", issued=FIRST)
    debt(database, shop["FR"], "300.00", issued=day(0), nonce="second")
    night(database, 4)
    with database.read() as conn:
        [mail] = mails_of_invoice(conn, made.id)
    assert mail.language == "fr"
    assert mail.subject.startswith(f"Rappel : facture {made.number}, 900,00")
    paper = paper_of(database, mail)
    assert paper.name == f"releve-{shop['FR'].username}-{day(4)}.pdf"
    assert paper.content.startswith(b"%PDF-1.7")
    assert paper_of(database, mail).content == paper.content


def test_a_promise_keeps_the_letters_back_until_its_day_is_over_and_shows_broken(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    night(database, 3)
    promise = promised(database, ann, shop["AU"], "500.00", 15, on=5)
    assert promised(database, ann, shop["AU"], "500.00", 15, on=5) == promise  # the form was sent twice
    assert needs(database, 6) == [Need.PROMISED]
    assert [night(database, number) for number in (10, 15)] == [0, 0]
    receive(database, made, "499.00", at=noon(day(12)), key="short")
    assert needs(database, 16) == [Need.BROKEN]
    assert night(database, 16) == 1
    with database.read() as conn:
        found = queries.promise_of(conn, customer_id=shop["AU"].id, currency="AUD")
    assert found
    assert (found.arrived.text(), found.state(day(16))) == ("499.00 AUD", PromiseState.BROKEN)
    assert stages(database, made) == ["friendly", "firm"]


def test_a_promise_is_kept_by_what_arrives_in_time(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    promised(database, ann, shop["AU"], "500.00", 15, on=5)
    receive(database, made, "500.00", at=noon(day(15)))
    assert needs(database, 20) == [Need.FRESH]
    with database.read() as conn:
        [found] = queries.promises_of(conn, customer_id=shop["AU"].id, currency="AUD")
    assert found.state(day(20)) is PromiseState.KEPT
    database.act(
        lambda tx: operations.withdraw_promise(tx, by=ann, promise_id=found.id, reason="misheard"), at=noon(day(21))
    )
    with pytest.raises(NotStanding):
        database.act(lambda tx: operations.withdraw_promise(tx, by=ann, promise_id=found.id, reason="again"))


@pytest.mark.parametrize(("booked", "state"), [(15, PromiseState.KEPT), (16, PromiseState.BROKEN)])
def test_the_banks_day_keeps_a_promise_however_late_its_receipt_is_matched(
    database: Database, shop: dict[str, Customer], ann: Principal, booked: int, state: PromiseState
) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    promised(database, ann, shop["AU"], "500.00", 15, on=5)
    [receipt] = arrive(database, line("500.00", on=day(booked)), at=noon(day(18)))
    give = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": "late"}
    database.act(lambda tx: allocate(tx, by=SYSTEM, **give), at=noon(day(18)))
    with database.read() as conn:
        [found] = queries.promises_of(conn, customer_id=shop["AU"].id, currency="AUD")
    assert found.state(day(20)) is state
    assert needs(database, 20) == [Need.FRESH if state is PromiseState.KEPT else Need.BROKEN]


def test_the_newest_promise_counts_also_where_it_is_for_a_sooner_day(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    debt(database, shop["AU"], "1000.00", issued=FIRST)
    promised(database, ann, shop["AU"], "500.00", 40, on=5)
    promised(database, ann, shop["AU"], "500.00", 12, on=6, nonce="sooner")
    assert needs(database, 13) == [Need.BROKEN]
    assert [night(database, number) for number in (12, 13)] == [0, 1]


def test_a_pause_keeps_letters_back_and_the_distance_between_stages_stays(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    made, owes = debt(database, shop["AU"], "1000.00", issued=FIRST), shop["AU"]

    def pause(number: int, until: int | None, nonce: str) -> None:
        database.act(
            lambda tx: operations.pause_reminders(
                tx, by=ann, nonce=nonce, customer_id=owes.id, currency="AUD", reason="Disputes the use of October",
                until=None if until is None else day(until),
            ),
            at=noon(day(number)),
        )  # fmt: skip

    pause(1, 28, "a")
    pause(1, 28, "a")
    with pytest.raises(NotStanding, match="let them go on first"):
        pause(2, 40, "b")
    assert needs(database, 10) == [Need.PAUSED]
    assert [night(database, number) for number in (10, 20, 28, 29, 35, 36)] == [0, 0, 0, 1, 0, 1]
    pause(37, None, "c")  # the first one is over by itself
    assert night(database, 100) == 0
    database.act(
        lambda tx: operations.resume_reminders(tx, by=ann, customer_id=owes.id, currency="AUD", reason="settled"),
        at=noon(day(101)),
    )
    assert night(database, 101) == 1
    assert stages(database, made) == ["friendly", "firm", "final"]


def test_days_are_chosen_by_currency_and_have_to_rise(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    debt(database, shop["AU"], "1000.00", issued=FIRST)
    debt(database, shop["FR"], "1000.00", issued=FIRST)

    def choose(currency: str, *days: int) -> None:
        database.act(
            lambda tx: operations.choose_days(
                tx, by=ann, currency=currency, terms=Terms(*days), reason="European habits"
            ),
            at=noon(FIRST),
        )

    choose("EUR", 8, 15, 30, 45)
    with pytest.raises(InvalidForm, match="later than the one before"):
        choose("", 5, 5, 6, 7)
    with pytest.raises(InvalidForm, match="currency of ours"):
        choose("XXX", 5, 6, 7, 8)
    assert [night(database, number) for number in (3, 8)] == [1, 1]
    with database.read() as conn:
        assert queries.terms_by_currency(conn) == {"": Terms(), "EUR": Terms(8, 15, 30, 45)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "10.005"}, "amount"), ({"number": -60}, "promised_on"),
        ({"number": 200}, "promised_on"), ({"who": " "}, "who"),
    ],
)  # fmt: skip
def test_a_promise_that_is_none_is_refused(
    database: Database, shop: dict[str, Customer], ann: Principal, changes: dict[str, object], field: str
) -> None:
    debt(database, shop["AU"], "1000.00", issued=FIRST)
    given: dict[str, object] = {"amount": "10.00", "number": 10, "who": "Ada"} | changes
    with pytest.raises(InvalidForm) as refused:
        database.act(
            lambda tx: operations.promise_to_pay(
                tx, by=ann, nonce="p", customer_id=shop["AU"].id, amount=Money.of(str(given["amount"]), "AUD"),
                promised_on=day(int(str(given["number"]))), who=str(given["who"]),
            ),
            at=noon(day(5)),
        )  # fmt: skip
    assert set(refused.value.fields) == {field}


def test_a_rest_that_is_waited_for_is_not_reminded_of_until_its_day_is_over(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    made = debt(database, shop["US"], "1000.00", issued=FIRST)
    other = debt(database, shop["US"], "500.00", issued=FIRST, nonce="other")
    receive(database, made, "600.00", at=noon(day(1)))
    wait = lambda tx: wait_for_rest(tx, by=ann, nonce="w", invoice_id=made.id, until=day(12))  # noqa: E731
    waits = database.act(wait, at=noon(day(2)))
    assert [night(database, number) for number in (3, 10)] == [1, 1]  # of the other, which nobody waits for
    assert (stages(database, made), stages(database, other)) == ([], ["friendly", "firm"])
    assert night(database, 13) == 1
    assert stages(database, made) == ["friendly"]
    back = lambda tx: undo_short(tx, by=ann, decision_id=waits.id, reason="it came otherwise")  # noqa: E731
    database.act(back, at=noon(day(13)))
    assert night(database, 20) == 2


def test_who_owes_nothing_has_nothing_to_promise_or_pause(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    with pytest.raises(NoSuchDebt):
        promised(database, ann, shop["AU"], "10.00", 3, on=1)


def test_a_stop_is_lifted_by_a_person_for_a_reason(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    debt(database, shop["AU"], "1000.00", issued=FIRST)
    for number in (3, 10, 20, 30):
        night(database, number)
    with database.read() as conn:
        [stop] = queries.stops_of(conn)

    def lift(reason: str) -> None:
        database.act(lambda tx: operations.lift_stop(tx, by=ann, stop_id=stop.id, reason=reason), at=noon(day(31)))

    with pytest.raises(InvalidForm):
        lift(" ")
    lift("Pays in three parts")
    with pytest.raises(NotStanding):
        lift("again")
    assert night(database, 60) == 0  # the stage is over: it does not stop again
    assert needs(database, 60) == [Need.FINAL]


def test_a_letter_to_an_address_that_bounced_is_seen_as_failed_and_counts_as_sent(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    made = debt(database, shop["US"], "1000.00", issued=FIRST)
    night(database, 3)
    for _ in send_mail(database, by=SYSTEM, at=noon(day(3))):
        pass
    with database.read() as conn:
        [mail] = mails_of_invoice(conn, made.id)
    database.act(lambda tx: record_bounce(tx, by=ann, mail_id=mail.id, reason="mailbox unavailable"), at=noon(day(4)))
    night(database, 10)
    with database.read() as conn:
        [firm, _] = mails_of_invoice(conn, made.id)
    assert (firm.facts["stage"], firm.state) == ("firm", MailState.FAILED)


def rows_of(database: Database, number: int, **filters: object) -> Sequence[dict[str, object]]:
    with database.read() as conn:
        return worklist(conn, on=day(number), **filters).rows.to_dict("records")  # type: ignore[arg-type]


def test_the_worklist_says_what_is_overdue_and_filters(database: Database, shop: dict[str, Customer]) -> None:
    debt(database, shop["AU"], "1000.00", issued=FIRST)
    debt(database, shop["AU"], "500.00", issued=day(0), nonce="later")
    debt(database, shop["FR"], "700.00", issued=FIRST - timedelta(days=9))
    night(database, 3)
    [france, home] = rows_of(database, 3)
    assert (france["currency"], france["overdue_micros"], france["stage"]) == ("EUR", 700_000_000, Stage.FRIENDLY)
    assert (home["invoices"], home["overdue_micros"], home["oldest_due_on"]) == (1, 1_100_000_000, day(0))
    assert len(rows_of(database, 3, currency="EUR")) == 1
    assert len(rows_of(database, 3, need=Need.REMINDED)) == 2
    assert [row["currency"] for row in rows_of(database, 3, words="wattle")] == ["AUD"]
    assert len(rows_of(database, 3, page=2, size=1)) == 1

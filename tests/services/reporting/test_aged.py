"""Aged receivables on any day: buckets, what came after that day, and the tie to the receivable account."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.access.approvals import approve
from services.access.model import SYSTEM, Role
from services.customers.model import Customer
from services.db.engine import Database
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.ending import expire_invoices
from services.money import Money
from services.payments.operations import undo_allocation
from services.payments.short.absorbing import request_absorbing
from services.payments.short.operations import settle_short, undo_short
from services.reporting.aged import Aged, aged, control, debts
from services.wiring.approvals import ACTS
from tests.debts import debt, noon, two, written_off
from tests.invoicing import issue, open_shop
from tests.people import person
from tests.receiving import receive

FIRST = date(2026, 11, 20)
COLUMNS = ["not_due_micros", "to_30_micros", "to_60_micros", "to_90_micros", "over_90_micros"]


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def day(number: int) -> date:
    """So many days after the first invoice was issued; it is due on day 14."""
    return FIRST + timedelta(days=number)


def on(database: Database, number: int, **filters: object) -> Aged:
    """The report of a day; the account has to tie, whatever happened."""
    with database.read() as conn:
        assert [each.difference.micros for each in control(conn, as_of=day(number)) if each.difference] == []
        return aged(conn, as_of=day(number), **filters)  # type: ignore[arg-type]


def buckets(found: Aged, row: int = 0) -> list[int]:
    """The buckets of a row in whole coins of a hundred."""
    return [int(found.rows.iloc[row][name]) // 1_000_000 for name in COLUMNS]


def test_a_debt_moves_from_bucket_to_bucket_as_the_days_pass(database: Database, shop: dict[str, Customer]) -> None:
    debt(database, shop["US"], "500.00", issued=FIRST)
    assert on(database, -1).total == 0
    for number, place in ((0, 0), (14, 0), (15, 1), (44, 1), (45, 2), (74, 2), (75, 3), (104, 3), (105, 4)):
        wanted = [0] * 5
        wanted[place] = 500
        assert buckets(on(database, number)) == wanted
    assert on(database, 14, overdue_only=True).total == 0
    assert on(database, 15, overdue_only=True).total == 1


def test_a_day_shows_what_was_open_then_whatever_came_after(database: Database, shop: dict[str, Customer]) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)  # 1,100.00 with GST
    paid = receive(database, made, "300.00", at=noon(day(10)))
    database.act(
        lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=paid.id, reason="somebody else’s"), at=noon(day(20))
    )
    database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="n", invoice_id=made.id, gross=Money.of("110.00", "AUD"), cause=Cause.PRICE,
            reason="agreed",
        ),
        at=noon(day(30)),
    )  # fmt: skip
    written_off(database, made, two(database), on=day(50))
    said = {number: int(sum(buckets(on(database, number))) if on(database, number).total else 0) for number in
            (0, 9, 10, 19, 20, 29, 30, 49, 50, 90)}  # fmt: skip
    assert said == {0: 1100, 9: 1100, 10: 800, 19: 800, 20: 1100, 29: 1100, 30: 990, 49: 990, 50: 0, 90: 0}
    with database.read() as conn:
        [row] = debts(conn, as_of=day(40)).to_dict("records")
    assert (row["number"], row["open_micros"], row["days"], row["bucket"]) == (
        made.number, 990_000_000, 26, "1 to 30 days",
    )  # fmt: skip


def test_what_a_person_decided_about_a_short_payment_counts_from_its_day(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = debt(database, shop["FR"], "1000.00", issued=FIRST)
    receive(database, made, "980.00", at=noon(day(10)))
    ann, _ = two(database)
    settled = database.act(
        lambda tx: settle_short(tx, by=ann, nonce="s", invoice_id=made.id, reason="The bank kept it."), at=noon(day(20))
    )
    database.act(lambda tx: undo_short(tx, by=ann, decision_id=settled.id, reason="agreed otherwise"), at=noon(day(30)))
    asked = database.act(
        lambda tx: request_absorbing(tx, by=ann, nonce="a", invoice_id=made.id, reason="We promised to."),
        at=noon(day(31)),
    )
    max_ = person(database, "Max", Role.MANAGER)
    database.act(lambda tx: approve(tx, by=max_, approval_id=asked, acts=ACTS), at=noon(day(40)))
    said = {number: sum(buckets(found)) if (found := on(database, number)).total else 0 for number in
            (9, 10, 19, 20, 29, 30, 39, 40, 60)}  # fmt: skip
    assert said == {9: 1000, 10: 20, 19: 20, 20: 0, 29: 0, 30: 20, 39: 20, 40: 0, 60: 0}


def test_an_invoice_for_credit_never_ages_but_the_account_holds_it(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = issue(database, shop["AU"], "550.00", nonce="a", at=noon(FIRST))
    debt(database, shop["AU"], "100.00", issued=FIRST)
    expired = noon(day(40))
    assert database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=expired) == 1
    with database.read() as conn:
        [before], [after] = control(conn, as_of=day(39)), control(conn, as_of=day(40))
    assert (before.for_credit.text(), before.debts.text(), before.ledger.text()) == (
        "550.00 AUD", "110.00 AUD", "660.00 AUD",
    )  # fmt: skip
    assert (after.for_credit.text(), after.ledger.text(), after.difference.micros) == ("0.00 AUD", "110.00 AUD", 0)
    assert sum(buckets(on(database, 39))) == 110


def test_customers_come_by_currency_the_most_overdue_first_and_in_pages(
    database: Database, shop: dict[str, Customer]
) -> None:
    debt(database, shop["AU"], "100.00", issued=FIRST)
    debt(database, shop["FR"], "900.00", issued=FIRST)
    debt(database, shop["US"], "300.00", issued=FIRST, nonce="one")
    debt(database, shop["US"], "200.00", issued=day(30), nonce="two")
    found = on(database, 20)
    assert found.rows["currency"].tolist() == ["AUD", "EUR", "USD"]
    assert found.sums.set_index("currency")["total_micros"].to_dict() == {
        "AUD": 110_000_000, "EUR": 900_000_000, "USD": 300_000_000,
    }  # fmt: skip
    later = on(database, 31, currency="USD")
    assert (later.total, buckets(later)) == (1, [200, 300, 0, 0, 0])
    assert later.rows.iloc[0]["oldest_due_on"] == day(14)
    assert on(database, 20, words="société").rows["customer"].tolist() == ["Société d’Exemple SARL"]
    second = on(database, 20, page=2, size=2)
    assert (second.total, second.rows["currency"].tolist()) == (3, ["USD"])

"""The question of every ticket about a balance, answered down to 0.00: what was bought, used, rented and charged."""

from datetime import UTC, date, datetime

import pytest

from services.access.model import SYSTEM
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.payments.operations import allocate
from services.periods import Period
from services.reporting.answer import answer, facts_for
from services.reporting.explanation import why_of
from services.reporting.statement import statement
from services.usage.model import Product, UsageDay
from services.usage.operations import post_usage_days
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 21))
TODAY = date(2026, 11, 20)


@pytest.fixture
def customer(database):
    """Buys 220.00 with GST, sends for 24.61 on two days, rents a number for 25.00, and pays 50.00 for a keyword."""
    owner = open_shop(database)["AU"]
    [receipt] = arrive(database, line("220.00"))
    bill = issue(database, owner, "220.00", nonce="a")
    usage = [
        UsageDay(date(2026, 11, day), owner.id, product, "AU", "AUD", 100, 120, micros)
        for day, product, micros in (
            (17, Product.SMS, 15_465_900),
            (18, Product.SMS, 6_000_000),
            (18, Product.MMS, 3_146_000),
        )
    ]
    hidden = WantedFee(
        owner.id, FeeKind.KEYWORD, False, Money.of(50, "AUD"), "Keyword BLUE", "", False, "Ordered by e-mail", "4711"
    )
    number = {
        "e164": "+61488811200", "customer_id": owner.id, "country": "AU", "type": NumberType.MOBILE,
        "monthly_price": Money.of("25", "AUD"), "activated_on": date(2026, 11, 1),
    }  # fmt: skip
    with database.write(at=AT) as tx:
        allocate(tx, by=SYSTEM, nonce="a", bank_line_id=receipt.id, invoice_id=bill.id)
        post_usage_days(tx, by=SYSTEM, days=usage, source="platform")
        add_number(tx, by=SYSTEM, **number)
        set_fee(tx, by=SYSTEM, nonce="keyword", wanted=hidden)
    return owner


def told(database, customer, period=NOVEMBER):
    with database.read() as conn:
        return why_of(conn, customer_id=customer.id, currency="AUD", period=period)


def test_what_moved_the_balance_and_nothing_else(database, customer):
    found = told(database, customer)
    assert [(each.label, each.money.plain()) for each in found.lines] == [
        ("Bank transfers", "200.00"),  # 220.00 less a GST of 20.00
        ("SMS", "-21.47"),
        ("MMS", "-3.15"),
        ("Number rental", "-25.00"),
        ("Custom fees", "-50.00"),
    ]
    assert (found.opening.plain(), found.closing.plain(), found.difference.plain()) == ("0.00", "100.39", "0.00")


def test_between_any_two_days(database, customer):
    found = told(database, customer, Period(date(2026, 11, 18), date(2026, 11, 19)))
    assert (found.opening.plain(), found.closing.plain()) == ("-40.47", "-49.61")
    assert [each.label for each in found.lines] == ["SMS", "MMS"]


def test_the_customer_adds_up_50_more_because_the_keyword_is_not_shown(database, customer):
    seen = told(database, customer).as_the_customer_sees_it()
    assert "Custom fees" not in [each.label for each in seen.lines]
    assert (seen.expected.plain(), seen.closing.plain(), seen.gap.plain()) == ("150.39", "100.39", "-50.00")


def test_the_statement_ties_with_one_line_of_other_charges(database, customer):
    with database.read() as conn:
        paper = statement(conn, customer_id=customer.id, period=NOVEMBER)
    assert [(each.words, each.amount.plain(), each.balance.plain()) for each in paper.lines] == [
        ("Number rental, +61488811200", "-25.00", "-25.00"),
        ("SMS", "-15.47", "-40.47"),
        ("SMS", "-6.00", "-46.47"),
        ("MMS", "-3.15", "-49.61"),
        ("Bank transfer, invoice INV-2026-000001", "200.00", "150.39"),
        ("Other charges", "-50.00", "100.39"),
    ]


def test_the_answer_to_the_ticket(database, customer):
    with database.read() as conn:
        text = answer(facts_for(conn, customer_id=customer.id, period=NOVEMBER, today=TODAY), "en")
    for said in (
        "The credit of your account buyer-au (account id 10001) is AUD 100.3881 as of 20 November 2026.",
        "- Bank transfers: +200.0000",
        "- Other charges: -50.0000",
        "Usage is included up to 18 November 2026",
        "On 1 December 2026, AUD 25.00 will be deducted for number rental.",
    ):
        assert said in text
    assert "Keyword" not in text


def test_what_comes_later_does_not_change_what_was(database, customer):
    before = told(database, customer)
    later = UsageDay(date(2026, 11, 21), customer.id, Product.SMS, "AU", "AUD", 1, 1, 79_200)
    database.act(
        lambda tx: post_usage_days(tx, by=SYSTEM, days=[later], source="platform 2"),
        at=datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
    )
    assert told(database, customer) == before

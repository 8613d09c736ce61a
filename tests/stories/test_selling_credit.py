"""Selling credit by bank transfer, as an accountant would check it: what each event leaves on each account."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.access.model import SYSTEM
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.model import CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.ledger.operations import post
from services.ledger.queries import trial_balance
from services.money import Money
from services.payments.allocation import FeeTooLarge
from services.payments.operations import CreditSpent, allocate, undo_allocation
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

OCTOBER_28 = datetime(2026, 10, 28, 1, 0, tzinfo=UTC)


@pytest.fixture
def shop(database):
    return open_shop(database)


def give(database, receipt, invoice, **how):
    how = {"nonce": f"{receipt.id}-{invoice.id}"} | how
    return database.act(
        lambda tx: allocate(tx, by=SYSTEM, bank_line_id=receipt.id, invoice_id=invoice.id, **how), at=AT
    )


def books(database, *, base=False):
    """Every account that is not zero: debit positive, in whole currency units (or in AUD)."""
    with database.read() as conn:
        frame = trial_balance(conn)
    column = "base_balance_micros" if base else "balance_micros"
    found = {}
    for code, micros in zip(frame["account"], frame[column], strict=True):
        name = code.split(":")[1]
        found[name] = found.get(name, 0) + int(micros)
    return {name: f"{micros / 1_000_000:.2f}" for name, micros in found.items() if micros}


def standing(database, invoice):
    with database.read() as conn:
        found = invoice_by_id(conn, invoice.id)
    return found.status.value, found.allocated.plain(), found.fee.plain(), found.open.plain()


def test_an_australian_customer_pays_220_in_full(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    assert books(database) == {"receivable": "220.00", "credit_unpaid": "-200.00", "gst_payable": "-20.00"}
    [receipt] = arrive(database, line("220.00"))
    assert books(database)["unallocated"] == "-220.00"
    give(database, receipt, invoice)
    assert books(database) == {"bank": "220.00", "credit": "-200.00", "gst_payable": "-20.00"}
    assert standing(database, invoice) == ("paid", "220.00", "0.00", "0.00")


def test_a_british_customer_pays_205_of_220_because_the_bank_kept_15(database, shop):
    invoice = issue(database, shop["GB"], "220.00", nonce="a")
    [receipt] = arrive(database, line("205.00", "GBP", on=date(2026, 11, 20)))
    give(database, receipt, invoice, short="fee")
    assert books(database) == {"bank": "205.00", "credit": "-205.00"}
    assert standing(database, invoice) == ("settled short", "205.00", "15.00", "0.00")


def test_an_australian_invoice_short_by_a_fee_stays_part_paid_until_its_adjustment_note(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    [receipt] = arrive(database, line("205.00"))
    made = give(database, receipt, invoice, short="fee")
    assert made.net.text() == "186.36 AUD"
    assert books(database) == {
        "bank": "205.00",
        "receivable": "15.00",
        "credit_unpaid": "-13.64",
        "credit": "-186.36",
        "gst_payable": "-20.00",
    }
    assert standing(database, invoice) == ("part-paid", "205.00", "0.00", "15.00")


def test_of_230_for_an_invoice_of_220_ten_stay_unallocated(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    [receipt] = arrive(database, line("230.00"))
    give(database, receipt, invoice)
    assert books(database) == {"bank": "230.00", "unallocated": "-10.00", "credit": "-200.00", "gst_payable": "-20.00"}


def test_parts_of_100_and_120_buy_exactly_the_net_amount(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    first, second = arrive(database, line("100.00"), line("120.00"))
    assert give(database, first, invoice).net.text() == "90.91 AUD"
    assert standing(database, invoice) == ("part-paid", "100.00", "0.00", "120.00")
    assert give(database, second, invoice).net.text() == "109.09 AUD"
    assert books(database) == {"bank": "220.00", "credit": "-200.00", "gst_payable": "-20.00"}


def test_one_receipt_pays_two_invoices(database, shop):
    one, two = issue(database, shop["AU"], "220.00", nonce="a"), issue(database, shop["AU"], "330.00", nonce="b")
    [receipt] = arrive(database, line("550.00"))
    give(database, receipt, one)
    give(database, receipt, two)
    assert books(database) == {"bank": "550.00", "credit": "-500.00", "gst_payable": "-50.00"}


def test_dollars_keep_the_rate_of_their_own_day(database, shop):
    # 28 October: 1.5830/1.1133 = 1.421898 AUD a dollar; 30 October: 1.5904/1.1172 = 1.423559
    invoice = issue(database, shop["US"], "500.00", nonce="a", at=OCTOBER_28)
    assert books(database, base=True) == {"receivable": "710.95", "credit_unpaid": "-710.95"}
    [receipt] = arrive(database, line("500.00", "USD", on=date(2026, 10, 30)))
    give(database, receipt, invoice)
    assert books(database) == {"bank": "500.00", "credit": "-500.00"}
    assert books(database, base=True) == {"bank": "711.78", "credit": "-711.78"}


def test_dollars_in_two_parts_and_a_fee_leave_no_aud_behind(database, shop):
    # 200 at 1.5842/1.1130 and 285 at 1.5904/1.1172
    invoice = issue(database, shop["US"], "500.00", nonce="a", at=OCTOBER_28)
    first, second = arrive(
        database, line("200.00", "USD", on=date(2026, 10, 29)), line("285.00", "USD", on=date(2026, 10, 30))
    )
    give(database, first, invoice)
    give(database, second, invoice, short="fee")
    assert books(database) == {"bank": "485.00", "credit": "-485.00"}
    assert books(database, base=True) == {"bank": "690.39", "credit": "-690.39"}
    assert standing(database, invoice) == ("settled short", "485.00", "15.00", "0.00")


def test_a_shortfall_beyond_what_banks_keep_is_not_called_a_fee(database, shop):
    invoice = issue(database, shop["GB"], "220.00", nonce="a")
    [receipt] = arrive(database, line("150.00", "GBP"))
    with pytest.raises(FeeTooLarge, match=r"70\.00 GBP is more than a bank keeps"):
        give(database, receipt, invoice, short="fee")


def test_a_fee_the_bank_itself_states_may_be_larger(database, shop):
    invoice = issue(database, shop["GB"], "220.00", nonce="a")
    [receipt] = arrive(database, line("150.00", "GBP", sent="220.00"))
    give(database, receipt, invoice, short="fee")
    assert standing(database, invoice) == ("settled short", "150.00", "70.00", "0.00")


@pytest.mark.parametrize(("country", "currency"), [("AU", "AUD"), ("US", "USD")])
def test_undoing_restores_every_account(database, shop, country, currency):
    invoice = issue(database, shop[country], "220.00", nonce="a", at=OCTOBER_28)
    [receipt] = arrive(database, line("205.00", currency, on=date(2026, 10, 30)))
    before = books(database), books(database, base=True), standing(database, invoice)
    made = give(database, receipt, invoice, short="fee")
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=made.id, reason="wrong customer"), at=AT)
    assert (books(database), books(database, base=True), standing(database, invoice)) == before
    give(database, receipt, invoice, short="fee", nonce="again")


def test_what_is_spent_cannot_be_undone(database, shop):
    customer = shop["AU"]
    invoice = issue(database, customer, "220.00", nonce="a")
    [receipt] = arrive(database, line("220.00"))
    made = give(database, receipt, invoice)
    credit, income = Account(Purpose.CREDIT, "AUD", customer.id), Account(Purpose.REVENUE_SMS, "AUD")
    spent = Money.of("150", "AUD").micros
    legs = (Leg(credit, spent), Leg(income, -spent))
    use = Draft(Kind.USAGE_SMS, "test", "use", AT.date(), legs, customer_id=customer.id)
    database.act(lambda tx: post(tx, use, by=SYSTEM), at=AT)
    before = books(database)
    with pytest.raises(CreditSpent, match=r"bought 200\.00 AUD of credit and only 50\.00 AUD is left"):
        database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=made.id, reason="bounced"), at=AT)
    assert books(database) == before


def test_a_customer_below_zero_first_pays_back_what_was_carried(database, shop):
    """Use of 220.00 dollars beyond the credit at one rate, paid back at another: no AUD is left at balance zero."""
    customer = shop["US"]
    credit, revenue = Account(Purpose.CREDIT, "USD", customer.id), Account(Purpose.REVENUE_SMS, "USD")
    legs = (Leg(credit, 220_000_000, CARRIED), Leg(revenue, -220_000_000, PLUG))
    used = Draft(Kind.USAGE_SMS, "test", "a", AT.date(), legs, customer_id=customer.id, rate=Decimal("1.50"))
    database.act(lambda tx: post(tx, used, by=SYSTEM), at=AT)
    invoice = issue(database, customer, "220.00", nonce="a")
    [receipt] = arrive(database, line("220.00", "USD"))
    give(database, receipt, invoice)
    assert "credit" not in books(database)
    assert "credit" not in books(database, base=True)

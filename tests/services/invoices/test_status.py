"""The status follows from the amounts that cover an invoice, and from nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.accounting import issued
from services.invoices.model import AllocationDoesNotFit, Covered, InvoiceStatus, settling_fee, status_of
from services.money import Money
from services.pricing.model import TaxTreatment, split_gross
from tests.builders import TODAY

AMOUNTS = st.integers(min_value=0, max_value=10**12)
GST = TaxTreatment("au-gst", "", "", (1, 11), "", "", shows_tax=True, tax_name="GST")


def aud(micros):
    return Money(micros, "AUD")


def covered(allocated=0, fee=0, credited=0, short=0):
    return Covered(aud(allocated), aud(fee), aud(credited), aud(short), aud(0))


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_exactly_one_status_fits(rest, allocated, fee, credited, short):
    total = rest + allocated + fee + credited + short
    status = status_of(aud(total), covered(allocated, fee, credited + short, short))
    assert status.is_open == (rest > 0)
    if rest:
        assert status is (InvoiceStatus.PART_PAID if allocated + fee else InvoiceStatus.ISSUED)
    elif credited + short and not allocated + fee:
        assert status is InvoiceStatus.CREDITED
    else:
        assert status is (InvoiceStatus.SETTLED_SHORT if fee + short else InvoiceStatus.PAID)


@given(st.integers(1, 10**12), AMOUNTS, st.integers(1, 10**12))
def test_more_than_the_gross_never_fits(gross, fee, over):
    for wrong in (
        covered(gross + over, fee),
        covered(-over),
        covered(0, 0, gross + over),
        covered(credited=1, short=2),
    ):
        with pytest.raises(AllocationDoesNotFit):
            status_of(aud(gross), wrong)


def test_only_an_untaxed_invoice_is_settled_by_a_fee():
    assert settling_fee(aud(0), aud(5)) == aud(5)
    assert settling_fee(aud(1), aud(5)) == aud(0)


@given(st.integers(20_000, 1_000_000), st.booleans())
def test_issuing_balances_and_splits_the_gross_for_every_cent(cents, on_receipt):
    split = split_gross(aud(cents * 10_000), GST)
    facts = {"invoice_id": 1, "customer_id": 1, "rate": Decimal(1), "on": TODAY, "memo": ""}
    draft = issued(split=split, gst_on_receipt=on_receipt, **facts)
    assert split.net + split.tax == split.gross
    assert sum(leg.micros for leg in draft.legs) == 0
    assert abs(split.tax.micros * 11 - split.gross.micros) <= 11 * 5_000

"""Laws of matching: no invoice twice, no currency crossed, nothing automatic on noise, and order does not matter."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoices.reference import reference_for
from services.reconciliation.matching import propose
from services.reconciliation.model import Claim, Fit, Receipt, fit_of

START = date(2026, 10, 1)
NAMES = ["Acme Dental Pty Ltd", "Blue Logistics Ltd", "Café Müller GmbH", "Nova Legal Inc", "Acme Dental Ltd"]
AMOUNTS = [200, 220, 300, 500]


@st.composite
def batches(draw):
    count = draw(st.integers(1, 8))
    claims = [
        Claim(
            id=number,
            number=f"INV-2026-{number:06d}",
            reference=reference_for(1000 + number),
            customer_id=draw(st.integers(1, 4)),
            names=(draw(st.sampled_from(NAMES)),),
            currency=draw(st.sampled_from(["AUD", "USD"])),
            open=draw(st.sampled_from(AMOUNTS)) * 1_000_000,
            issued_on=START + timedelta(days=draw(st.integers(0, 30))),
            fee_limit=draw(st.sampled_from([0, 25_000_000])),
            largest_fee=60_000_000,
        )
        for number in range(1, count + 1)
    ]
    receipts = [_receipt(draw, number, claims) for number in range(1, draw(st.integers(1, 8)) + 1)]
    return receipts, claims


def _receipt(draw, number, claims):
    meant = draw(st.sampled_from(claims))
    text = [meant.reference, meant.reference[:5] + " " + meant.reference[5:], meant.reference[:-1] + "x", "TOP UP"]
    text += [str(int(meant.reference[2:9])), f"{meant.reference} / {claims[0].reference}"]
    return Receipt(
        id=number,
        currency=draw(st.sampled_from([meant.currency, "AUD"])),
        amount=meant.open + draw(st.sampled_from([0, 0, -15, -100, 10])) * 1_000_000,
        booked_on=START + timedelta(days=draw(st.integers(0, 60))),
        payer=draw(st.sampled_from([*meant.names, *NAMES, ""])).upper(),
        text=draw(st.sampled_from(text)),
        account=draw(st.sampled_from(["", "A1", "B2"])),
    )


@settings(max_examples=150, deadline=None)
@given(batches())
def test_automatic_answers_never_share_an_invoice_that_was_paid_whole(batch):
    receipts, claims = batch
    found = propose(receipts, claims, known={"A1": frozenset({1})})
    closed = []
    for each in found:
        if each.automatic and each.best.fit is not Fit.PART:
            closed += each.best.invoice_ids
    assert len(closed) == len(set(closed))


@settings(max_examples=150, deadline=None)
@given(batches())
def test_every_candidate_is_of_the_receipts_currency_issued_before_and_gives_reasons(batch):
    receipts, claims = batch
    for receipt, proposal in zip(receipts, propose(receipts, claims), strict=True):
        assert proposal.receipt_id == receipt.id
        assert len(proposal.candidates) <= 3
        for candidate in proposal.candidates:
            assert {claim.currency for claim in candidate.claims} == {receipt.currency}
            assert max(claim.issued_on for claim in candidate.claims) <= receipt.booked_on
            assert all(candidate.reasons)


@settings(max_examples=100, deadline=None)
@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_receipts_and_invoices_changes_nothing(batch, chance):
    receipts, claims = batch
    before = {each.receipt_id: each for each in propose(receipts, claims)}
    chance.shuffle(receipts)
    chance.shuffle(claims)
    assert {each.receipt_id: each for each in propose(receipts, claims)} == before


@settings(max_examples=100, deadline=None)
@given(batches())
def test_the_same_line_a_second_time_is_never_automatic(batch):
    receipts, claims = batch
    again = [
        Receipt(100 + r.id, r.currency, r.amount, r.booked_on + timedelta(days=1), r.payer, r.text, r.account)
        for r in receipts
    ]
    found = propose([*receipts, *again], claims)
    assert not any(each.automatic for each in found if each.receipt_id > 100)


@given(open_=st.integers(1, 10**9), received=st.integers(1, 10**9), limit=st.integers(0, 60_000_000))
def test_a_fit_is_one_of_four_and_a_fee_only_where_fees_are_taken(open_, received, limit):
    claim = Claim(1, "INV-2026-000001", reference_for(1), 1, ("A",), "USD", open_, START, limit, 60_000_000)
    fit = fit_of(received, (claim,))
    assert (fit is Fit.EXACT) == (received == open_)
    assert (fit is Fit.OVER) == (received > open_)
    assert (fit is Fit.FEE) == (0 < open_ - received <= limit)

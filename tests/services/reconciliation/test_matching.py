"""The rules of matching, each on the smallest case that shows it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.invoices.reference import reference_for
from services.reconciliation.matching import propose
from services.reconciliation.model import Candidate, Claim, Fit, Proposal, Receipt, Rule
from services.reconciliation.names import Payers, core, plain
from services.reconciliation.references import References

ISSUED = date(2026, 11, 1)
BOOKED = date(2026, 11, 10)
ONE = 1_000_000


def claim(number=1, amount=220, *, customer=None, name="Acme Dental Pty Ltd", currency="AUD", fee=0, on=ISSUED):
    return Claim(
        id=number,
        number=f"INV-2026-{number:06d}",
        reference=reference_for(4000 + number),
        customer_id=customer or number,
        names=(name,),
        currency=currency,
        open=amount * 1_000_000,
        issued_on=on,
        fee_limit=fee * 1_000_000,
        largest_fee=60_000_000 if fee else 0,
    )


def receipt(amount=220, text="", *, number=1, payer="", account="", currency="AUD", on=BOOKED, sent=None):
    return Receipt(
        number, currency, amount * 1_000_000, on, payer, text, account, instructed=sent * 1_000_000 if sent else None
    )


def one(given, *claims, **more):
    return propose([given], list(claims), **more)[0]


REFERENCE = claim().reference  # CS0004001 and two check digits


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        f"TRANSFER {REFERENCE.lower()} THANKS",
        f"CS-{REFERENCE[2:6]}-{REFERENCE[6:]}",
        f"{REFERENCE[:5]} {REFERENCE[5:]}",
        f"CS/{REFERENCE[2:9]}/{REFERENCE[9:]}",
    ],
)
def test_a_valid_reference_and_the_exact_amount_are_automatic_however_written(text):
    found = one(receipt(text=text), claim())
    assert (found.automatic, found.best.rule, found.best.invoice_ids) == (True, Rule.REFERENCE_EXACT, (1,))
    assert "names INV-2026-000001 by its reference" in found.reasons[0]


def test_several_references_are_paid_together():
    first, second = claim(1, 220), claim(2, 330)
    found = one(receipt(550, f"{first.reference} {second.reference}"), first, second)
    assert (found.automatic, found.best.invoice_ids) == (True, (1, 2))


@pytest.mark.parametrize(
    ("amount", "fee", "fit", "rule"),
    [
        (205, 25, Fit.FEE, Rule.REFERENCE_FEE),
        (195, 25, Fit.FEE, Rule.REFERENCE_FEE),
        (194, 25, Fit.PART, Rule.REFERENCE_OTHER),
        (205, 0, Fit.PART, Rule.REFERENCE_OTHER),
        (230, 25, Fit.OVER, Rule.REFERENCE_OTHER),
    ],
)
def test_a_shortfall_is_a_fee_only_for_foreign_payers_and_within_the_limit(amount, fee, fit, rule):
    found = one(receipt(amount, REFERENCE), claim(fee=fee))
    assert (found.automatic, found.best.fit, found.best.rule) == (True, fit, rule)


def test_what_the_payers_bank_says_was_sent_proves_the_fee():
    assert one(receipt(150, REFERENCE, sent=220), claim(fee=25)).best.fit is Fit.FEE


def test_a_reference_of_another_currency_or_of_a_later_invoice_is_no_match():
    assert one(receipt(text=REFERENCE, currency="USD"), claim()) == Proposal(1)
    assert not one(receipt(text=REFERENCE), claim(on=BOOKED + timedelta(days=1))).candidates


def test_a_reference_beside_an_unknown_one_is_not_automatic_and_says_so():
    found = one(receipt(text=f"{REFERENCE} {reference_for(77)}"), claim())
    assert not found.automatic
    assert found.warnings == (f"The reference {reference_for(77)} belongs to no open invoice in AUD.",)


def test_an_excess_that_would_pay_another_invoice_of_the_customer_waits_for_a_person():
    named, other = claim(1, 220, customer=7), claim(2, 95, customer=7)
    assert one(receipt(300, REFERENCE), named, claim(2, 95)).automatic  # somebody else's
    assert one(receipt(310, REFERENCE), named, other).automatic  # 90: too little for the other
    found = one(receipt(316, REFERENCE), named, other)
    assert (found.automatic, found.best.invoice_ids) == (False, (1,))
    assert found.warnings


@pytest.mark.parametrize("beside", ["CSOOO4OO2", "CS00040021234", "cs 0004 0021", "CS0004O0"])
def test_a_part_payment_beside_what_looks_like_another_reference_waits_for_a_person(beside):
    assert one(receipt(200, REFERENCE), claim()).automatic
    assert not one(receipt(200, f"{REFERENCE} {beside}"), claim()).automatic
    assert one(receipt(220, f"{REFERENCE} {beside}"), claim()).automatic  # the amount is exactly the one named


@pytest.mark.parametrize(("sharing", "offered"), [(12, 3), (13, 1)])
def test_of_a_name_that_many_customers_share_only_what_fits_the_amount_is_weighed(sharing, offered):
    claims = [claim(each, 300 + each) for each in range(1, sharing + 1)]
    found = one(receipt(305, payer="ACME DENTAL"), *claims)
    assert (found.automatic, len(found.candidates), found.best.invoice_ids) == (False, offered, (5,))


def test_lines_that_say_the_same_share_their_answers_and_each_invoice_is_still_offered_once_first():
    claims = [claim(each) for each in range(1, 4)]
    lines = [receipt(text=f"thanks {each}", payer="ACME DENTAL", number=each) for each in range(1, 4)]
    found = propose(lines, claims)
    assert not any(each.automatic for each in found)
    assert {each.best.invoice_ids for each in found} == {(1,), (2,), (3,)}
    assert [len(each.candidates) for each in found] == [3, 3, 3]
    assert propose([receipt(currency="NZD")], claims)[0].candidates == ()


def test_what_is_short_by_a_fee_and_what_a_part_left_open_fit_a_shared_name_too():
    claims = [claim(each, 300 + 100 * each, fee=25) for each in range(1, 14)]
    part = receipt(100, claims[4].reference)
    rest = receipt(690, payer="ACME DENTAL", number=2)  # 700 of 800 are left, and 700 are open of another
    found = propose([part, rest], claims)[1]
    assert {each.invoice_ids for each in found.candidates} == {(4,), (5,)}
    sent = one(receipt(550, payer="ACME DENTAL", sent=900), *claims)
    assert sent.best.invoice_ids == (6,)


def test_an_invoice_paid_earlier_in_the_batch_is_not_paid_again():
    first, second = propose([receipt(text=REFERENCE), receipt(text=f"again {REFERENCE}", number=2)], [claim()])
    assert (first.automatic, second.automatic, second.candidates) == (True, False, ())


def test_the_rest_of_a_part_paid_invoice_stays_open_for_the_next_receipt():
    found = propose([receipt(100, REFERENCE), receipt(120, f"rest {REFERENCE}", number=2)], [claim()])
    assert [each.best.fit for each in found] == [Fit.PART, Fit.EXACT]


def test_a_line_that_came_before_is_a_possible_duplicate_and_never_automatic():
    text = f"INVOICE {REFERENCE}"
    before = receipt(text=text, payer="ACME DENTAL", number=9, on=BOOKED - timedelta(days=1))
    found = one(receipt(text=text, payer="ACME DENTAL"), claim(), earlier=[before])
    assert not found.automatic
    assert "possibly a duplicate" in found.warnings[0]
    long_ago = receipt(text=text, payer="ACME DENTAL", number=9, on=BOOKED - timedelta(days=15))
    assert one(receipt(text=text, payer="ACME DENTAL"), claim(), earlier=[long_ago]).automatic


@pytest.mark.parametrize(
    ("text", "automatic"),
    [
        ("PAYMENT 4001", True),  # the reference's own number
        (REFERENCE[:-1] + str((int(REFERENCE[-1]) + 1) % 10), True),  # one wrong digit
        (REFERENCE[:8], True),  # cut off, with the amount and the payer
        ("INVOICE", False),
        ("TRANSFER 20264001", False),  # part of a longer number
    ],
)
def test_weaker_evidence_is_automatic_only_when_it_names_the_invoice(text, automatic):
    found = one(receipt(text=text, payer="ACME DENTAL PTY LT"), claim(), claim(2, 500, name="Nova Legal"))
    assert (found.automatic, found.best.invoice_ids) == (automatic, (1,))


def test_a_cut_reference_of_one_of_two_like_invoices_is_only_a_suggestion():
    found = one(receipt(text=REFERENCE[:8], payer="ACME DENTAL"), claim(), claim(70, customer=1))
    assert (found.automatic, found.best.invoice_ids) == (False, (1,))


def test_a_number_beside_another_number_of_the_payer_is_only_a_suggestion():
    mine = [claim(1, 220, customer=7, fee=25), claim(2, 95, customer=7, fee=25)]
    assert not one(receipt(215, "4001 4002", payer="ACME DENTAL"), *mine).automatic
    assert one(receipt(215, "4001", payer="ACME DENTAL"), *mine).automatic


def test_a_mistyped_reference_and_the_amount_need_no_payer_but_a_rival_bars_them():
    mistyped = receipt(text=REFERENCE[:-1] + str((int(REFERENCE[-1]) + 1) % 10), payer="OTHER HOLDINGS")
    assert one(mistyped, claim()).automatic
    assert not one(mistyped, claim(), claim(2, name="Other Holdings")).automatic


def test_the_known_account_and_all_the_customer_owes_is_automatic_unless_anything_else_speaks():
    known = {"X1": frozenset({1})}
    assert one(receipt(text="TOP UP", account="X1"), claim(), known=known).best.rule is Rule.ACCOUNT
    barred = [
        one(receipt(text="REFUND", account="X1"), claim(), known=known),
        one(receipt(text="INVOICE 7777", account="X1"), claim(), known=known),
        one(receipt(text="TOP UP", account="X1"), claim(), claim(2, 900, customer=1), known=known),
        one(receipt(1120, "TOP UP", account="X1"), claim(), claim(2, 900, customer=1), known=known),
        one(receipt(text="TOP UP", account="X1"), claim(), known={"X1": frozenset({1, 2})}),
        one(receipt(text="TOP UP", account="X1"), claim(on=ISSUED - timedelta(days=40)), known=known),
        one(receipt(text=reference_for(77), account="X1"), claim(), known=known),
        one(receipt(text="TOP UP", payer="ACME DENTAL"), claim()),
    ]
    assert not any(each.automatic for each in barred)


def test_two_receipts_that_may_mean_one_invoice_are_both_left_to_a_person():
    two = [receipt(account="X1", number=1), receipt(account="X2", number=2)]
    found = propose(two, [claim()], known={"X1": frozenset({1}), "X2": frozenset({1})})
    assert [each.automatic for each in found] == [False, False]


def test_a_reference_whose_amount_is_another_invoice_of_the_customer_is_only_a_suggestion():
    found = one(receipt(330, REFERENCE), claim(), claim(2, 330, customer=1))
    assert (found.automatic, [each.invoice_ids for each in found.candidates]) == (False, [(1,), (2,)])


def test_a_whole_reference_beside_a_cut_one_needs_the_exact_amount():
    both = f"{REFERENCE} CS00040"
    assert one(receipt(text=both), claim()).automatic
    assert not one(receipt(300, both), claim()).automatic


@pytest.mark.parametrize("text", ["REF {0}", "{1}", "PO 4001", "CS{2}"])
def test_other_ways_to_write_a_reference(text):
    written = text.format(REFERENCE[2:], REFERENCE[2:].lstrip("0"), REFERENCE[2:].replace("0", "O"))
    found = one(receipt(text=written, payer="ACME DENTAL"), claim())
    assert (found.automatic, found.best.invoice_ids) == (text != "PO 4001", (1,))


def test_an_account_seen_with_a_reference_in_the_same_batch_says_who_paid():
    batch = [receipt(text=REFERENCE, account="X9"), receipt(330, "TOP UP", account="X9", number=2)]
    found = propose(batch, [claim(), claim(2, 330, customer=1)])
    assert "another receipt from this account" in found[1].reasons[0]


def test_an_invoices_number_without_the_right_payer_is_only_a_suggestion():
    found = one(receipt(text="PAYMENT 4001", payer="SOMEBODY ELSE"), claim())
    assert (found.automatic, found.best.invoice_ids) == (False, (1,))


def test_two_like_candidates_are_shown_side_by_side_and_neither_is_automatic():
    twins = [claim(1), claim(2, customer=1)]
    found = one(receipt(text="TOP UP", payer="Acme Dental"), *twins)
    assert (found.automatic, found.best.invoice_ids, found.runner_up.invoice_ids) == (False, (1,), (2,))


def test_an_account_that_paid_before_says_more_than_a_name():
    mine, namesake = claim(1, name="Blue Media"), claim(2)
    found = one(receipt(payer="ACME DENTAL", account="X1"), mine, namesake, known={"X1": frozenset({1})})
    assert (found.best.invoice_ids, found.score) == ((1,), 70)
    assert "paid from this account before" in found.reasons[0]


def test_invoices_of_one_payer_that_sum_exactly_are_offered_together_never_automatic():
    some = [claim(1, 220, customer=7), claim(2, 330, customer=7), claim(3, 95, customer=7)]
    found = one(receipt(550, payer="ACME DENTAL"), *some)
    assert (found.best.invoice_ids, found.best.rule, found.automatic) == ((1, 2), Rule.GROUP, False)


def test_invoices_named_together_by_number_are_paid_together():
    some = [claim(1, 220, customer=7), claim(2, 330, customer=7)]
    found = one(receipt(550, "4001 4002", payer="ACME DENTAL"), *some)
    assert (found.automatic, found.best.invoice_ids, found.score) == (True, (1, 2), 95)


def test_invoices_of_which_only_one_is_named_are_offered_together_never_automatic():
    some = [claim(1, 220, customer=7), claim(2, 330, customer=7)]
    found = one(receipt(550, REFERENCE[:8], payer="ACME DENTAL"), *some)
    assert (found.best.invoice_ids, found.automatic) == ((1, 2), False)


def test_old_invoices_count_less():
    old, new = claim(1, customer=7, on=ISSUED - timedelta(days=60)), claim(2, customer=7)
    assert one(receipt(payer="ACME DENTAL"), old, new).best.invoice_ids == (2,)


def test_noise_has_no_candidates():
    assert one(receipt(17, "INTEREST"), claim()) == Proposal(1)
    assert (Proposal(1).best, Proposal(1).runner_up, Proposal(1).score, Proposal(1).reasons) == (None, None, 0, ())


def test_one_invoice_is_offered_first_to_one_receipt_only():
    same = [receipt(number=1, payer="ACME DENTAL"), receipt(number=2, payer="ACME DENTAL INC", text="x")]
    found = propose(same, [claim(1), claim(2, customer=1)])
    assert sorted(each.best.invoice_ids for each in found) == [(1,), (2,)]


def test_names_are_compared_without_accents_and_legal_forms():
    assert (plain("Société d’Exemple"), core("Große GmbH"), core("Ltd")) == ("SOCIETE D EXEMPLE", "GROSSE", "LTD")


def test_a_name_cut_off_by_the_bank_is_still_like_the_whole():
    found = Payers([(1, "Southern Harbour Veterinary Pty Ltd"), (2, "Nova")])
    assert found.alike("SOUTHERN HARBOUR V")[1] == 100
    assert found.alike("NOVA") == {2: 100}
    assert found.alike("") == {}


def test_a_word_of_a_longer_name_is_not_that_name():
    assert Payers([(1, "Nova Legal Systems")]).alike("NOVA") == {}
    assert Payers([(1, "Nova")]).alike("NOVA LEGAL SYSTEMS") == {}


def test_numbers_that_belong_to_dates_and_amounts_name_nothing():
    assert References([claim()]).mentions("12.4001 and 4001,50") == []


def test_what_would_be_left_under_the_least_top_up_is_known_before_accepting():
    first, second = (replace(claim(number, 300), minimum=200 * ONE) for number in (1, 2))
    both = Candidate((first, second), Rule.GROUP, Fit.PART, 50, ())
    assert both.under_minimum(600 * ONE) == []
    assert both.under_minimum(450 * ONE) == [(second, 150 * ONE)]
    assert both.under_minimum(199 * ONE) == [(first, 199 * ONE)]
    begun = replace(second, received=60 * ONE, open=240 * ONE)
    assert Candidate((begun,), Rule.GROUP, Fit.PART, 50, ()).under_minimum(150 * ONE) == []

"""Bank lines that pay no invoice: each goes to its account, is taken back whole, and is learned from."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.banking.model import BankLine
from services.banking.operations import undo_import
from services.banking.queries import unallocated_receipts
from services.banking.sorting import queries
from services.banking.sorting.model import AlreadySorted, CannotSort, Pattern, Sort
from services.banking.sorting.operations import sort_by_rules, sort_line, undo_sorting
from services.banking.sorting.ruling import AlreadyRuled, NotSureEnough, make_rule, set_automatic, switch_off
from services.db.engine import Database
from services.errors import InvalidForm
from services.integrity import queries as integrity
from services.ledger.model import Purpose
from tests.bank_books import ANN, IBAN, balance, bank_balance, bring_in, company_with_accounts, mt940
from tests.conftest import SYDNEY

FEE = ("1103", "-12.50", "ACCOUNT KEEPING FEE NOV")
PAYOUT = ("1104", "880.00", "CARDPAY SETTLEMENT 7781")
OUT = ("1105", "-50.00", "TO EUR ACCOUNT")


@pytest.fixture
def books(database, noon):
    company_with_accounts(database, noon)
    return database


def lines(books, **choices) -> list[BankLine]:
    with books.read() as conn:
        return queries.waiting_lines(conn, **choices)


def sort(books, noon, line: BankLine, as_: Sort, **facts):
    return books.act(lambda tx: sort_line(tx, by=ANN, line_id=line.id, sort=as_, **facts), at=noon)


def green(books) -> list[str]:
    names = ["receipts_unallocated", "payments_in_suspense", "gst_payable", "owed_back", "allocations"]
    names += ["entries_balance", "bank_is_statement"]
    with books.read() as conn:
        return [one.check for one in integrity.run(conn, names=names) if not one.ok]


@pytest.mark.parametrize(
    "case",
    [
        (FEE, Sort.BANK_FEE, Purpose.BANK_FEE, "12.50"),
        (FEE, Sort.SUPPLIER, Purpose.SUPPLIERS, "12.50"),
        (FEE, Sort.INTEREST, Purpose.INTEREST, "12.50"),
        (PAYOUT, Sort.INTEREST, Purpose.INTEREST, "-880"),
        (PAYOUT, Sort.CARD_PAYOUT, Purpose.CARD_CLEARING, "-880"),
        (OUT, Sort.TRANSFER, Purpose.IN_TRANSIT, "50"),
        (FEE, Sort.TAX, Purpose.GST_PAYABLE, "12.50"),
    ],
)
def test_a_line_goes_to_its_account_and_back(books, noon, case):
    moved, sort_as, purpose, amount = case
    bring_in(books, mt940([moved]), noon)
    [line] = lines(books)
    before = bank_balance(books)
    made = sort(books, noon, line, sort_as)
    assert sort(books, noon, line, sort_as).id == made.id
    assert balance(books, purpose) == Decimal(amount)
    assert [balance(books, Purpose.SUSPENSE), balance(books, Purpose.UNALLOCATED)] == [0, 0]
    assert (lines(books), green(books), bank_balance(books)) == ([], [], before)
    books.act(lambda tx: undo_sorting(tx, by=ANN, sorting_id=made.id, reason="wrong"), at=noon)
    assert balance(books, purpose) == 0
    assert [each.id for each in lines(books)] == [line.id]
    assert green(books) == []


def test_a_sorted_receipt_waits_for_no_invoice_any_more(books, noon):
    bring_in(books, mt940([PAYOUT]), noon)
    sort(books, noon, lines(books)[0], Sort.CARD_PAYOUT)
    with books.read() as conn:
        assert unallocated_receipts(conn) == []


def test_what_was_said_meanwhile_is_not_said_again(books, noon):
    bring_in(books, mt940([FEE]), noon)
    [line] = lines(books)
    sort(books, noon, line, Sort.BANK_FEE)
    with pytest.raises(AlreadySorted, match="Ann said meanwhile that this is: Bank fee"):
        sort(books, noon, line, Sort.TAX)


def at_once(books, noon, *acts):
    """What each of several people is told who act in the same moment; "done" where it is done."""
    told, gate = [], threading.Barrier(len(acts))

    def one(act):
        gate.wait()
        try:
            books.act(act, at=noon)
        except (AlreadySorted, CannotSort) as refused:
            told.append(str(refused))
        else:
            told.append("done")

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_two_people_at_once_are_told_who_was_first(books, noon):
    bring_in(books, mt940([FEE, OUT]), noon)
    fee = Pattern(Sort.BANK_FEE, incoming=False, words=("fee",))
    books.act(lambda tx: make_rule(tx, by=ANN, pattern=fee), at=noon)
    ids = [each.id for each in lines(books)]
    for _ in range(3):
        known = [lambda tx: sort_by_rules(tx, by=ANN, line_ids=ids)] * 2
        assert at_once(books, noon, *known) == ["done", "done"]
        with books.read() as conn:
            [made] = [each for each, _ in queries.latest(conn)[0] if each.counts]
        again = [lambda tx, made=made: undo_sorting(tx, by=ANN, sorting_id=made.id, reason="no fee")] * 2
        assert at_once(books, noon, *again) == ["Ann took this back already; look at the line again.", "done"]
    assert green(books) == []


def test_a_refund_needs_its_customer_and_something_owed(books, noon):
    bring_in(books, mt940([FEE, PAYOUT]), noon)
    fee, payout = lines(books)
    with pytest.raises(InvalidForm) as asked:
        sort(books, noon, fee, Sort.REFUND)
    assert "customer" in asked.value.fields
    with pytest.raises(CannotSort, match="money out"):
        sort(books, noon, payout, Sort.REFUND, customer_id=1)


@pytest.fixture
def both_sides(books, noon):
    bring_in(books, mt940([OUT]), noon)
    bring_in(books, mt940([("1106", "30.00", "FROM AUD")], opening="0.00", account=IBAN, currency="EUR"), noon)
    return lines(books)


def test_both_sides_of_a_transfer_are_tied_and_leave_no_aud_in_transit(books, noon, both_sides):
    out, into = both_sides
    made = sort(books, noon, out, Sort.TRANSFER, other_line_id=into.id)
    assert made.pair_id
    assert sort(books, noon, out, Sort.TRANSFER, other_line_id=into.id).id == made.id
    with books.read() as conn:
        base = conn.execute(text("SELECT sum(p.base_amount) FROM posting p JOIN account a ON a.id = p.account_id "
                                 "WHERE a.purpose = 'in_transit'")).scalar()  # fmt: skip
    assert (int(base), lines(books), green(books)) == (0, [], [])
    undone = books.act(lambda tx: undo_sorting(tx, by=ANN, sorting_id=made.id, reason="other"), at=noon)
    assert (len(undone), len(lines(books)), green(books)) == (2, 2, [])


def test_a_side_in_transit_is_tied_when_the_other_arrives(books, noon, both_sides):
    out, into = both_sides
    first = sort(books, noon, out, Sort.TRANSFER)
    with books.read() as conn:
        assert [each.id for each in queries.other_sides(conn, line=into)] == [out.id]
    second = sort(books, noon, into, Sort.TRANSFER, other_line_id=out.id)
    assert second.pair_id == first.id


def test_of_other_sides_in_another_currency_the_nearest_in_worth_stands_first(books, noon):
    bring_in(books, mt940([OUT]), noon)
    customers = [("1106", "300.00", "A CUSTOMER"), ("1107", "31.00", "FROM AUD"), ("1107", "5.00", "ANOTHER")]
    bring_in(books, mt940(customers, opening="0.00", account=IBAN, currency="EUR"), noon)
    with books.read() as conn:
        found = queries.other_sides(conn, line=lines(books)[0])
    assert [each.remittance for each in found] == ["FROM AUD", "ANOTHER", "A CUSTOMER"]


def test_the_other_side_is_on_another_account_and_goes_the_other_way(books, noon):
    bring_in(books, mt940([OUT, ("1106", "50.00", "BACK")]), noon)
    out, back = lines(books)
    with pytest.raises(InvalidForm):
        sort(books, noon, out, Sort.TRANSFER, other_line_id=back.id)


def test_undoing_an_import_takes_back_what_its_lines_were(books, noon):
    made = bring_in(books, mt940([FEE, PAYOUT]), noon)
    for line in lines(books):
        sort(books, noon, line, Sort.BANK_FEE)
    books.act(lambda tx: undo_import(tx, by=ANN, file_id=made.file_id, reason="wrong file"), at=noon)
    assert [balance(books, each) for each in (Purpose.BANK_FEE, Purpose.SUSPENSE, Purpose.UNALLOCATED)] == [0, 0, 0]
    assert green(books) == []


MONTHS = [("1103", "-12.50", "ACCOUNT KEEPING FEE SEP"), ("1104", "-11.00", "ACCOUNT KEEPING FEE OCT"),
          ("1105", "-9.00", "ACCOUNT KEEPING FEE NOV"), ("1106", "-99.00", "RENT")]  # fmt: skip


def test_a_rule_is_proposed_after_the_same_was_said_twice_and_knows_the_next(books, noon):
    bring_in(books, mt940(MONTHS), noon)
    first, second, third, _ = lines(books)
    sort(books, noon, first, Sort.BANK_FEE)
    with books.read() as conn:
        assert queries.proposed_rules(conn) == []
    sort(books, noon, second, Sort.BANK_FEE)
    with books.read() as conn:
        [proposal] = queries.proposed_rules(conn)
    assert (proposal.times, proposal.pattern.words) == (2, ("account", "keeping", "fee"))
    rule = books.act(lambda tx: make_rule(tx, by=ANN, pattern=proposal.pattern, learned=True), at=noon)
    with books.read() as conn:
        assert queries.proposed_rules(conn) == []
        waiting = queries.waiting(conn)
    assert [(each.line.id == third.id, each.rule.id if each.rule else None) for each in waiting.lines] == [
        (True, rule.id), (False, None),
    ]  # fmt: skip
    every = [each.id for each in lines(books)]
    [made] = books.act(lambda tx: sort_by_rules(tx, by=ANN, line_ids=every), at=noon)
    books.act(lambda tx: undo_sorting(tx, by=ANN, sorting_id=made.id, reason="no fee"), at=noon)
    with books.read() as conn:
        found = queries.rule(conn, rule_id=rule.id)
    assert (found.used, found.undone, found.learned) == (1, 1, True)


def test_an_automatic_rule_sorts_at_import_until_it_is_wrong_once(books, noon):
    pattern = Pattern(Sort.BANK_FEE, incoming=False, words=("Keeping", "FEE"))
    rule = books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern), at=noon)
    books.act(lambda tx: set_automatic(tx, by=ANN, rule_id=rule.id, automatic=True), at=noon)
    assert bring_in(books, mt940(MONTHS), noon).by_rule == 3
    assert (balance(books, Purpose.BANK_FEE), len(lines(books))) == (Decimal("32.50"), 1)
    with books.read() as conn:
        made = queries.latest(conn)[0][0][0]
    books.act(lambda tx: undo_sorting(tx, by=ANN, sorting_id=made.id, reason="no fee"), at=noon)
    with books.read() as conn:
        assert not queries.rule(conn, rule_id=rule.id).automatic


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(Sort.SUPPLIER, incoming=False, words=("rent",)),
        Pattern(Sort.BANK_FEE, incoming=False, counterparty="BANK"),
        Pattern(Sort.CARD_PAYOUT, incoming=True, words=("settlement",)),
    ],
)
def test_only_sure_rules_act_without_a_person(books, noon, pattern):
    with pytest.raises(NotSureEnough):
        books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern, automatic=True), at=noon)
    assert not books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern), at=noon).automatic


def test_words_of_a_rule_are_compared_as_they_are_spoken(books, noon):
    """Whoever types them as the bank prints them, with its dashes and stops, has a rule that knows the line."""
    bring_in(books, mt940([("1103", "-12.50", "A/C-KEEPING FEE. NOV")]), noon)
    pattern = Pattern(Sort.BANK_FEE, incoming=False, words=("A/C-Keeping", "fee."))
    rule = books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern), at=noon)
    assert rule.pattern.words == ("a", "c", "keeping", "fee")
    with books.read() as conn:
        assert queries.waiting(conn).known == 1


def test_a_rule_switched_off_speaks_no_more_and_is_not_proposed_again(books, noon):
    bring_in(books, mt940(MONTHS), noon)
    pattern = Pattern(Sort.BANK_FEE, incoming=False, words=("keeping",))
    rule = books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern), at=noon)
    with pytest.raises(AlreadyRuled):
        books.act(lambda tx: make_rule(tx, by=ANN, pattern=pattern), at=noon)
    books.act(lambda tx: switch_off(tx, by=ANN, rule_id=rule.id), at=noon)
    first, second, *_ = lines(books)
    for line in (first, second):
        sort(books, noon, line, Sort.BANK_FEE)
    with books.read() as conn:
        assert queries.proposed_rules(conn) == []
        assert queries.waiting(conn).known == 0


def test_a_rule_says_by_what_it_knows_a_line(books, noon):
    with pytest.raises(InvalidForm):
        books.act(lambda tx: make_rule(tx, by=ANN, pattern=Pattern(Sort.TAX, incoming=False)), at=noon)
    refund = Pattern(Sort.REFUND, incoming=False, words=("refund",))
    with pytest.raises(InvalidForm):
        books.act(lambda tx: make_rule(tx, by=ANN, pattern=refund), at=noon)


def test_the_database_keeps_what_was_said(books, noon):
    bring_in(books, mt940([FEE]), noon)
    sort(books, noon, lines(books)[0], Sort.BANK_FEE)
    for attack in ("UPDATE bank_sorting SET sort = 'tax'", "DELETE FROM bank_sorting"):
        with pytest.raises(DBAPIError), books.write(at=noon) as tx:
            tx.conn.execute(text(attack))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(sorted(set(Sort) - {Sort.REFUND}))), max_size=12))
def test_whatever_is_said_and_taken_back_the_books_tie(sqlite_template, tmp_path_factory, noon, steps):
    """Law: received = allocated + unallocated and suspense = money out nobody sorted; undoing restores."""
    path = tmp_path_factory.mktemp("law") / "books.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    books = Database(f"sqlite:///{path}", timezone=SYDNEY)
    company_with_accounts(books, noon)
    bring_in(books, mt940([FEE, PAYOUT, OUT, ("1107", "7.00", "INTEREST")]), noon)
    every = lines(books)
    for place, as_ in steps:
        with books.read() as conn:
            held = queries.sorting_of_line(conn, line_id=every[place].id)
        if held is None:
            sort(books, noon, every[place], as_)
        else:
            books.act(lambda tx, one=held: undo_sorting(tx, by=ANN, sorting_id=one.id, reason="back"), at=noon)
        assert green(books) == []
    books.close()

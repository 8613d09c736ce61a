"""How answers are ranked: one pure rule, held here example by example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.model import KINDS, Hit, Record, Source, Term, as_key, index_words, masked_email
from services.search.scoring import LEAST, fits, grade, score
from services.search.words import edits, typed

KIND = {kind.column: kind for kind in KINDS}


def terms(**texts: str) -> tuple[Term, ...]:
    return tuple(Term(KIND[column], text, KIND[column].forms(text)) for column, text in texts.items())


def points(sought: str, **texts: str) -> int:
    return score(typed(sought), terms(**texts))[0]


def test_a_word_is_graded_by_how_near_it_is() -> None:
    tries = ["bluegum", "blueg", "bleugum", "bluegom", "uegu", "blugumm", "qqqq"]
    found = [grade(one, "bluegum") for one in tries]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1000
    assert grade("kestrels", "kestrol") == 560
    assert grade("bleuu", "bluegumclinics") == 0
    assert grade("blueu", "bluegumclinics") == 600
    assert grade("gum", "bluegum") == 520
    assert grade("gm", "bluegum") == 0
    assert grade("12345", "12354") > grade("12345", "12346") > grade("12345", "12399") == 0
    assert grade("12345", "12354") > grade("12345", "12345678") > grade("12345", "123456789")
    assert grade("harbourdental", "harbourrental") == 720


@given(st.text("abc", min_size=5, max_size=8), st.text("abc", min_size=4, max_size=6), st.integers(0, 10_000))
def test_a_beginning_with_any_one_slip_is_never_missed(word: str, rest: str, which: int) -> None:
    slips = [slip for slip in sorted(set(edits(word))) if len(slip) >= 5]
    assert grade(slips[which % len(slips)], word + rest) >= 600


@pytest.mark.parametrize(
    ("sought", "better", "worse"),
    [
        ("harbour", "Harbour", "Harbour Dental Pty Ltd"),
        ("harbour", "Harbour Dental", "Bay Harbour"),
        ("dental harbour", "Harbour Dental Pty Ltd", "Harbour Travel Pty Ltd"),
        ("harbuor dental", "Harbour Dental", "Dental Partners"),
        ("harbour pty ltd", "Harbour Travel", "Kestrel Pty Ltd"),
    ],
)
def test_the_better_name_comes_first(sought: str, better: str, worse: str) -> None:
    assert points(sought, name=better) > points(sought, name=worse)


def test_fields_weigh_differently() -> None:
    assert points("acme", name="Acme") > points("acme", username="acme") > points("acme", contact_name="Acme")


def test_what_matched_is_said() -> None:
    own = terms(name="Blue Gum", account_id="10482", email="ann@blue.example", phone="+61 412 345 678")
    for sought, column in (
        ("blue gum", "name"),
        ("10482", "account_id"),
        ("0412345678", "phone"),
        ("ann@blue", "email"),
    ):
        found, term = score(typed(sought), own)
        assert found >= 700
        assert term is not None
        assert term.kind.column == column


def test_a_typed_word_that_is_nowhere_costs_most_of_it() -> None:
    assert points("zoe beyond", contact_name="Zoe") < LEAST
    assert points("nothing", name="Acme") == 0
    assert score(typed("x"), ()) == (0, None)


def test_a_list_holds_whom_every_word_begins() -> None:
    own = terms(name="Blue Gum Clinics", account_id="10482", number="INV-2026-000123")
    for sought in ("gum blue", "bluegumcl", "clin 1048", "inv 2026 123", "inv-2026"):
        assert fits(typed(sought), own), sought
    for sought in ("gum red", "inv 2026 12", "luegum"):
        assert not fits(typed(sought), own), sought


def test_ties_are_broken_by_account_id_as_a_number() -> None:
    (term,) = terms(name="Acme")

    def hit(account_id: str, points: int, record: Record) -> Hit:
        return Hit(record, "Acme", account_id, term, points, fits=True)

    one, two = Record(1, Source.CUSTOMER, 1), Record(1, Source.INVOICE, 7)
    hits = [hit("100000", 900, one), hit("20000", 900, two), hit("20000", 900, one), hit("99999", 950, one)]
    found = sorted(hits, key=lambda each: each.rank)
    assert [(each.account_id, each.record.source.name) for each in found] == [
        ("99999", "CUSTOMER"), ("20000", "CUSTOMER"), ("20000", "INVOICE"), ("100000", "CUSTOMER"),
    ]  # fmt: skip


def test_an_address_is_shown_masked() -> None:
    (term,) = terms(email="ann@acme.example")
    assert Hit(Record(1, Source.CUSTOMER, 1), "Acme", "1", term, 1, fits=True).reason == "E-mail a…@acme.example"
    assert masked_email("ann@acme.example") == "a…@acme.example"


def test_the_index_tells_keys_from_words() -> None:
    assert index_words(terms(name="Blue Gum")) == {"blue", "gum", as_key("bluegum")}

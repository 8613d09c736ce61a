"""What is typed and what is stored is compared without case, accents, separators and leading zeros."""

from __future__ import annotations

import pytest
from rapidfuzz.distance import OSA

from services.search.words import (
    LONGEST,
    Forms,
    digit_forms,
    edits,
    email_forms,
    gram_numbers,
    is_grammed,
    joined,
    login_forms,
    paper_forms,
    phone_forms,
    text_forms,
    trigrams,
    typed,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blue-Gum", "bluegum"), ("  Éléonore STRAẞE ", "eleonorestrasse"), ("000123", "123"), ("000", "000"),
        ("+61 412 345 678", "61412345678"), ("INV-2026-000123", "inv2026000123"), ("😀 %_'", ""), ("", ""),
        ("東京 商事", "東京商事"), ("x" * 500, "x" * LONGEST),
    ],
)  # fmt: skip
def test_a_text_is_run_together(text: str, expected: str) -> None:
    assert joined(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bluegum  CLINICS", ("bluegum", "clinics")), ("0412 345 678", ("412345678",)),
        ("(02) 5550-1234", ("255501234",)),
        ("10 001", ("10", "1")), ("acme acme", ("acme",)), ("50%", ("50",)), ("'; --", ()),
        ("a b c d e f g h i j", tuple("abcdef")),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_word_by_word_and_a_phone_number_as_one(text: str, words: tuple[str, ...]) -> None:
    assert typed(text).words == words


def test_a_short_number_among_several_words_is_no_beginning() -> None:
    assert typed("2").beginnings == ("2",)
    assert typed("inv 2026 000012").beginnings == ("inv", "2026")


def test_a_name_is_found_whole_with_and_without_its_legal_form() -> None:
    found = text_forms("Blue-Gum Clinics Pty Ltd")
    assert found.keys == ("bluegumclinicsptyltd", "bluegumclinics")
    assert found.words == ("bluegum", "clinics", "pty", "ltd", "blue", "gum")


def test_a_login_is_found_by_its_parts() -> None:
    assert login_forms("blue_gum42") == Forms(("bluegum42",), ("blue", "gum", "42"))
    assert email_forms("ann.lee@blue.example") == Forms(
        ("annleeblueexample", "blueexample"), ("ann", "lee", "blue")
    )  # fmt: skip
    assert digit_forms("10482") == Forms(("10482",))


@pytest.mark.parametrize(
    ("phone", "keys"),
    [
        ("+61 412 345 678", ("61412345678", "412345678")),
        ("0061 412 345 678", ("61412345678", "412345678")),
        ("0412 345 678", ("412345678",)),
        ("+1 202 555 0026", ("12025550026", "2025550026")),
        ("+353 1 555 0001", ("35315550001", "15550001")),
        ("+33 (0)1 23 45 67 89", ("330123456789", "123456789")),
    ],
)
def test_a_phone_is_found_with_its_country_code_and_as_dialled_at_home(phone: str, keys: tuple[str, ...]) -> None:
    assert phone_forms(phone).keys == keys


def test_a_paper_is_found_by_its_number_its_digits_and_the_last_of_them() -> None:
    assert paper_forms("INV-2026-000123").keys == ("inv2026000123", "2026000123", "123")
    assert paper_forms("CS001234567").keys == ("cs001234567", "1234567")
    assert paper_forms("none").keys == ("none",)


@pytest.mark.parametrize("word", ["acme", "10482", "blue7", "éa東b"])
def test_edits_are_every_word_one_slip_away(word: str) -> None:
    found = set(edits(word))
    assert max(OSA.distance(word, one) for one in found) == 1
    assert {word[1:], word[1] + word[0] + word[2:]} <= found
    assert ("a" + word in found) is not word.isdigit()
    assert "1" + word in found


def test_short_and_long_words_have_no_edits() -> None:
    assert set(edits("abc")) == set(edits("x" * 65)) == set()


def test_trigrams_mark_the_beginning() -> None:
    assert trigrams("acme") == {" ac", "acm", "cme"}
    assert len(gram_numbers("acme")) == 3
    assert [is_grammed(word) for word in ("acm", "ac", "a1c", "123")] == [True, False, False, False]

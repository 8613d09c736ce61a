"""Payment references: valid ones are found in what banks print, and a mistyped one is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.reference import LARGEST_SERIAL, ReferencesExhausted, find_references, is_valid, reference_for

SERIALS = st.integers(min_value=1, max_value=LARGEST_SERIAL)


def test_the_reference_is_eleven_characters_and_its_digits_leave_one_modulo_97():
    reference = reference_for(12_345)
    assert reference.startswith("CS0012345")
    assert len(reference) == 11
    assert int(reference[2:]) % 97 == 1


@given(SERIALS)
def test_every_reference_is_valid_and_found(serial):
    reference = reference_for(serial)
    assert is_valid(reference)
    assert find_references(f"PAYMENT {reference} THANKS") == [reference]


@given(SERIALS, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(serial, place, by):
    digits = list(reference_for(serial)[2:])
    digits[place] = str((int(digits[place]) + by) % 10)
    assert not is_valid("CS" + "".join(digits))


@given(SERIALS, st.integers(0, 7))
def test_two_swapped_digits_are_noticed(serial, place):
    digits = list(reference_for(serial)[2:])
    if digits[place] != digits[place + 1]:
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
        assert not is_valid("CS" + "".join(digits))


@pytest.mark.parametrize(
    "written", ["cs001234596", "CS 0012 345 96", "CS-0012345-96", "CS00123\n4596", "c s 001234596"]
)
def test_what_people_and_banks_add_is_forgiven(written):
    reference = reference_for(12_345)
    assert find_references("INV " + written.replace("96", reference[-2:]).replace("4596", reference[-4:])) == [
        reference
    ]


def test_longer_numbers_and_the_same_reference_twice_give_no_more_than_one():
    reference = reference_for(7)
    assert find_references(f"{reference}1") == []
    assert find_references(f"{reference} {reference}") == [reference]


@pytest.mark.parametrize("serial", [0, -1, LARGEST_SERIAL + 1])
def test_serials_that_do_not_fit_seven_digits_are_refused(serial):
    with pytest.raises(ReferencesExhausted):
        reference_for(serial)

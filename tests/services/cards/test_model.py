"""What of a card is said, and when it has expired."""

from __future__ import annotations

from datetime import date

import pytest

from services.cards.model import CardFacts, brand_words, flags


def facts(brand: str = "visa", month: int = 8, year: int = 2030) -> CardFacts:
    return CardFacts(brand, "0007", month, year)


@pytest.mark.parametrize(
    ("on", "expired"), [(date(2030, 8, 31), False), (date(2030, 9, 1), True), (date(2029, 12, 1), False)]
)
def test_a_card_is_good_through_its_month(*, on: date, expired: bool) -> None:
    assert facts().has_expired(on) is expired


def test_four_brands_are_taken() -> None:
    taken = {brand for brand in ("visa", "mastercard", "amex", "jcb", "diners", "link") if facts(brand).is_accepted}
    assert taken == {"visa", "mastercard", "amex", "jcb"}
    assert [brand_words(each) for each in ("amex", "unionpay", "new_brand")] == [
        "American Express",
        "UnionPay",
        "New brand",
    ]


def test_what_to_know_is_said_in_words() -> None:
    assert flags(facts(), on=date(2026, 1, 1), on_file=True) == ()
    assert flags(facts("diners", 1, 2026), on=date(2026, 2, 1), on_file=False) == (
        "Removed",
        "Brand not accepted",
        "Expired",
    )
    assert facts("amex").words == "American Express ending 0007"

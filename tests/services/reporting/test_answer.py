"""The answer card word for word in both languages, and what it says where there is little to say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.customers.model import BillingMode, Customer
from services.ledger.classes import MOVES_CREDIT, MovementClass
from services.ledger.model import Kind
from services.money import Money
from services.papers import fonts
from services.periods import Period
from services.reporting import words
from services.reporting.answer import Facts, answer
from services.reporting.explanation import ClassLine, Seen
from services.reporting.outlook import Outlook

GOLDEN = Path(__file__).parent.parent.parent / "golden" / "answers"
TODAY = date(2026, 11, 22)
MONTH = Period(date(2026, 11, 1), date(2026, 11, 23))


def aud(amount: str) -> Money:
    return Money.of(amount, "AUD")


def class_line(of: MovementClass, amount: str, kind: Kind | None = None) -> ClassLine:
    return ClassLine(of, kind, 1, aud(amount), aud("0"))


LINES = (
    class_line(MovementClass.BANK, "220"),
    class_line(MovementClass.GRANTED, "20"),
    class_line(MovementClass.USAGE, "-246.1296", Kind.USAGE_SMS),
    class_line(MovementClass.USAGE, "-31.46", Kind.USAGE_MMS),
    class_line(MovementClass.RENTAL, "-62.13"),
    class_line(MovementClass.FEES, "-15"),
    class_line(MovementClass.REFUNDS, "1.5840"),
)
SEEN = Seen(aud("382.77"), LINES, aud("269.6344"), aud("219.6344"))
FACTS = Facts(
    customer=Customer(1, "10482", "bluegum", "Bluegum Clinics", "", "", "", "AU", "AUD", date(2024, 3, 12)),
    period=MONTH,
    seen=SEEN,
    promotional=aud("12.50"),
    outlook=Outlook(
        credit=aud("219.6344"),
        daily=aud("23.10"),
        days=Period(date(2026, 10, 23), date(2026, 11, 22)),
        complete_through=date(2026, 11, 21),
        rental=(date(2026, 12, 1), aud("62.13")),
    ),
    today=TODAY,
)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_answer_is_word_for_word_the_golden_text(language: str) -> None:
    assert answer(FACTS, language) == (GOLDEN / f"{language}.txt").read_text()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_figures_read_off_the_text_add_up(language: str) -> None:
    lines = [each for each in answer(FACTS, language).splitlines() if each.startswith("- ")]
    amounts = [Money.of(re.sub(r"[\s+]", "", each.rsplit(":", 1)[1]).replace(",", "."), "AUD") for each in lines]
    assert sum(amounts, SEEN.opening) == SEEN.closing


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_hidden_fee_is_other_charges_and_nothing_else(language: str) -> None:
    text = answer(FACTS, language)
    assert {"en": "- Other charges: -50.0000", "fr": "- Autres frais : -50,0000"}[language] in text
    assert not re.search("hidden|custom|keyword|caché|masqué", text, flags=re.IGNORECASE)


@pytest.mark.parametrize(("language", "words"), [("en", "with your next invoice"), ("fr", "votre prochaine facture")])
def test_who_pays_afterwards_is_not_asked_to_top_up(language: str, words: str) -> None:
    customer = replace(FACTS.customer, billing_mode=BillingMode.POSTPAID)
    below = replace(FACTS.outlook, credit=aud("-219.6344"))
    text = answer(replace(FACTS, customer=customer, outlook=below), language)
    assert words in text
    assert not re.search("top up|used up|recharger|épuisé|The credit of|Le crédit de", text)


def test_nothing_moved_and_nothing_comes() -> None:
    empty = Seen(aud("5"), (), aud("5"), aud("5"))
    coming = Outlook(aud("5"), aud("0"), MONTH, None, None)
    text = answer(replace(FACTS, seen=empty, outlook=coming, promotional=aud("0")), "en")
    assert "- Nothing has moved since." in text
    for absent in ("promotional", "Usage is included", "number rental", "lasts"):
        assert absent not in text


@pytest.mark.parametrize(("credit", "words"), [("-3", "used up"), ("0", "used up"), ("24", "about one more day")])
def test_how_long_the_credit_lasts(credit: str, words: str) -> None:
    assert words in answer(replace(FACTS, outlook=replace(FACTS.outlook, credit=aud(credit))), "en")


def test_an_outlook_counts_days_and_what_the_rental_misses() -> None:
    found = FACTS.outlook
    assert (found.days_left, found.lasts_until(TODAY)) == (9, TODAY + timedelta(days=9))
    assert replace(found, credit=aud("-5")).days_left == 0
    assert replace(found, daily=aud("0")).days_left is None
    assert replace(found, daily=Money(1, "AUD")).lasts_until(TODAY) is None
    assert not found.missing
    assert replace(found, credit=aud("-5")).missing.plain() == "62.13"
    assert replace(found, credit=aud("60")).missing.plain() == "2.13"
    assert not replace(found, rental=None).missing
    with_fees = replace(found, credit=aud("60"), fees=(TODAY, aud("340")))
    assert with_fees.missing.plain() == "342.13"
    assert replace(with_fees, rental=None).missing.plain() == "280.00"


def test_every_movement_has_a_name_in_both_languages_and_all_can_be_printed() -> None:
    assert set(words.KINDS) == set(MOVES_CREDIT)
    assert set(words.CLASSES) == set(MovementClass)
    for pair in words.every_word():
        assert all(pair)
        assert sorted(re.findall(r"{\w+}", pair[0])) == sorted(re.findall(r"{\w+}", pair[1]))
        assert not any(fonts.undrawable(each) for each in pair)


def test_words_nobody_wrote_are_a_fault() -> None:
    with pytest.raises(words.NoSuchWords):
        words.say("nonsense", "en")
    with pytest.raises(words.NoSuchWords):
        words.say("hello", "de")

"""Stories and names of the demo: unique, fictitious, and the same for the same seed."""

from __future__ import annotations

import random
from datetime import date

from services.demo.company import waiting_days
from services.demo.names import PLACES, company_names, dedicated_number
from services.demo.story import Scale, draw_story
from services.demo.traffic import usage_of_month
from services.demo.volume import scale_for
from services.numbers.model import check_e164
from services.periods import month_of

SCALE = Scale(date(2025, 5, 1), date(2026, 11, 20), 900)
NAMES = company_names(random.Random(1))  # noqa: S311 - fiction, not secrets


def test_every_customer_has_its_own_name_at_an_example_domain() -> None:
    people = [draw_story(1, index, NAMES, SCALE).who for index in range(900)]
    assert len({who.name for who in people}) == 900
    assert len({who.username for who in people}) == 900
    assert all(who.email.endswith(".example") for who in people)


def test_three_in_five_customers_are_at_home() -> None:
    home = sum(draw_story(1, index, NAMES, SCALE).who.country == "AU" for index in range(900))
    assert 0.5 < home / 900 < 0.7


def test_a_story_and_its_traffic_depend_on_the_seed_alone() -> None:
    one, same = draw_story(7, 3, NAMES, SCALE), draw_story(7, 3, NAMES, SCALE)
    month = month_of(date(2026, 3, 1))
    assert one == same
    assert usage_of_month(7, one, 1, month) == usage_of_month(7, same, 1, month)
    assert draw_story(8, 3, NAMES, SCALE) != one


def test_a_source_reports_each_day_country_and_product_once() -> None:
    rows = usage_of_month(1, draw_story(1, 5, NAMES, SCALE), 1, month_of(date(2026, 11, 1)))
    assert len({row.key for row in rows}) == len(rows)


def test_dedicated_numbers_are_e164_and_differ() -> None:
    for country in PLACES:
        numbers = [check_e164(dedicated_number(country, line)) for line in (1, 42, 999)]
        assert len(set(numbers)) == 3


def test_a_dense_company_takes_more_customers_only_when_it_must() -> None:
    assert scale_for(100_000, 200, date(2025, 5, 1), date(2026, 11, 20)).customers == 200
    assert scale_for(5_000_000, 200, date(2025, 5, 1), date(2026, 11, 20)).customers > 1_000


def test_the_waiting_statement_covers_this_month_or_while_it_is_young_the_last_too() -> None:
    assert waiting_days(date(2026, 11, 20)).starts_on == date(2026, 11, 1)
    assert waiting_days(date(2026, 11, 3)).starts_on == date(2026, 10, 1)

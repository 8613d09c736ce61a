"""What a customer sends in a month: working days and weekends, seasons, a little growth, mostly at home."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from services.demo.story import Story
from services.money import MICROS
from services.periods import Period, months_between
from services.usage.model import Product, UsageDay

_SEASON = (0.78, 0.9, 1.0, 0.95, 1.0, 1.05, 0.95, 1.0, 1.02, 1.08, 1.35, 1.3)
_WEEKDAY = (1.0, 1.1, 1.15, 1.15, 1.05, 0.45, 0.3)
_GROWTH_A_MONTH = 0.012
_QUIET_DAYS = 1.4  # working days carry what weekends and days without any usage leave out
_DAYS_A_MONTH = 30

# Prices of one part in AUD micros, and what a unit of another currency's price list is of it.
_PRICES = {
    Product.SMS: 79_200,
    Product.MMS: 352_000,
    Product.VOICE: 118_000,
    Product.FAX: 96_000,
    Product.POST: 1_428_000,
    Product.POSTCARDS: 1_906_000,
    Product.EMAIL: 1_500,
    Product.EMAIL_TRANSACTIONAL: 1_200,
}
_PRICE_LEVEL = {"AUD": 100, "NZD": 109, "USD": 66, "GBP": 52, "SGD": 88, "EUR": 61}
_PARTS = {Product.SMS: 1.18, Product.VOICE: 2.1, Product.FAX: 2.6}
_ABROAD = ("AU", "NZ", "GB", "US", "SG", "FR", "DE")


def price(product: Product, currency: str) -> int:
    """Micros for one part, to four decimals of the currency."""
    return max(_PRICES[product] * _PRICE_LEVEL[currency] // 100 // 100 * 100, 100)


def usage_of_month(seed: int, story: Story, customer_id: int, days: Period) -> list[UsageDay]:
    """Every row of usage in those days of one month; depends on the seed, the customer and the month only."""
    rng = random.Random(f"{seed}:usage:{story.index}:{days.starts_on:%Y%m}")  # noqa: S311 - fiction, not secrets
    level = _SEASON[days.starts_on.month - 1] * (1 + _GROWTH_A_MONTH * months_between(story.joined_on, days.starts_on))
    daily = story.spend * _QUIET_DAYS / _DAYS_A_MONTH * level / (0.4 + 0.6 * story.busy)
    return [row for day in _days(days) for row in _rows_of_day(rng, story, customer_id, day, daily)]


def _rows_of_day(rng: random.Random, story: Story, customer_id: int, day: date, daily: float) -> Iterator[UsageDay]:
    weekday = _WEEKDAY[day.weekday()]
    for product, share in story.mix:
        if rng.random() > min(story.busy * (0.5 + weekday / 2), 1):
            continue
        unit = price(product, story.who.currency)
        parts = round(daily * share * weekday * rng.uniform(0.5, 1.6) / unit)
        abroad = parts // 5 if parts > 20 and rng.random() < 0.12 else 0  # noqa: PLR2004 - now and then a campaign abroad
        yield _row(story, (customer_id, day, product), story.who.country, max(parts - abroad, 1))
        if abroad:
            elsewhere = rng.choice([country for country in _ABROAD if country != story.who.country])
            yield _row(story, (customer_id, day, product), elsewhere, abroad)


def _row(story: Story, entry: tuple[int, date, Product], country: str, parts: int) -> UsageDay:
    customer_id, day, product = entry
    messages = max(round(parts / _PARTS.get(product, 1)), 1)
    micros = parts * price(product, story.who.currency)
    return UsageDay(day, customer_id, product, country, story.who.currency, messages, parts, micros)


def _days(period: Period) -> Iterator[date]:
    return (period.starts_on + timedelta(days=offset) for offset in range(period.days))


def monthly_use(story: Story, month: date) -> int:
    """Micros the customer will use in a month, about; what it plans its top-ups by."""
    level = _SEASON[month.month - 1] * (1 + _GROWTH_A_MONTH * months_between(story.joined_on, month))
    return round(story.spend * level / MICROS) * MICROS

"""One customer's story: when it comes, how much it sends, how it pays. Pure, and the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.demo.names import Identity, identity
from services.money import MICROS
from services.usage.model import Product


class Payer(StrEnum):
    """How a customer pays its invoices, most of the time."""

    PROMPT = "prompt"
    SLOW = "slow"
    GENEROUS = "generous"  # pays a round sum, more than was asked
    NAMELESS = "nameless"  # names no reference, and somebody else pays
    FORGETFUL = "forgetful"  # leaves every other invoice unpaid


_PAYERS = (
    (Payer.PROMPT,) * 62 + (Payer.SLOW,) * 24 + (Payer.GENEROUS,) * 4 + (Payer.NAMELESS,) * 4 + (Payer.FORGETFUL,) * 6
)
_MIXES = (
    ((Product.SMS, 1.0),) * 1,
    ((Product.SMS, 0.9), (Product.EMAIL, 0.1)),
    ((Product.SMS, 0.8), (Product.EMAIL_TRANSACTIONAL, 0.2)),
    ((Product.SMS, 0.7), (Product.VOICE, 0.3)),
    ((Product.SMS, 0.6), (Product.MMS, 0.4)),
    ((Product.EMAIL, 0.6), (Product.EMAIL_TRANSACTIONAL, 0.4)),
    ((Product.POST, 0.7), (Product.POSTCARDS, 0.3)),
    ((Product.FAX, 0.8), (Product.SMS, 0.2)),
)
_MIX_WEIGHTS = (40, 14, 12, 9, 9, 6, 6, 4)
_TOP_UPS = (200, 250, 300, 400, 500, 600, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000)

USUAL_MONTHS = 3  # of use that one top-up covers
MEDIAN_SPEND = 170  # a month, in the customer's own currency
LARGEST = 5_000  # twice this, which some buy now and then, is still one invoice
SMALLEST_ABROAD = 250  # the rule is 200 AUD; some currencies are worth a little less than it
OVERSPENDERS = 0.05  # share of customers whose use runs ahead of their credit
OVERSPENDING_RENTERS = 0.3  # of those who rent numbers, which are charged whatever is left


@dataclass(frozen=True, slots=True)
class Story:
    """What is fixed about one customer from the start.

    `spend` is the money a month of its first season, in micros of its currency; `mix` its products and their shares of
    that money; `busy` the chance that a working day has any usage; `top_up` the micros it buys at a time, tax included.
    """

    index: int
    who: Identity
    joined_on: date
    spend: int
    mix: tuple[tuple[Product, float], ...]
    busy: float
    top_up: int
    payer: Payer
    bank_fee: int
    overspends: bool
    numbers: int
    cancels_after: int | None

    @property
    def shows_tax(self) -> bool:
        """Whether part of what it pays is GST and buys no credit."""
        return self.who.country == "AU"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large and how dense the company is; a company built for its number of postings is dense from the start."""

    first_on: date
    last_on: date
    customers: int
    busy: float | None = None
    products: int = 2
    months_a_top_up: int = USUAL_MONTHS

    @property
    def last_month(self) -> date:
        """The first day of the month the history ends in."""
        return self.last_on.replace(day=1)

    @property
    def days(self) -> int:
        """How many days of history there are."""
        return (self.last_on - self.first_on).days


def draw_story(seed: int, index: int, names: list[str], scale: Scale) -> Story:
    """The customer with that index (from 0); depends on the seed and the index only."""
    rng = random.Random(f"{seed}:story:{index}")  # noqa: S311 - fiction, not secrets
    who = identity(rng, index, names)
    spend = min(max(rng.lognormvariate(0, 0.9) * MEDIAN_SPEND, 25), 3_000)
    wanted = spend * scale.months_a_top_up * rng.uniform(0.8, 1.6)
    wanted = max(wanted, SMALLEST_ABROAD if who.country != "AU" else 0)
    top_up = min((size for size in _TOP_UPS if size >= wanted), default=_TOP_UPS[-1])
    if scale.months_a_top_up > USUAL_MONTHS:
        top_up = max(top_up, min(round(wanted / 100) * 100, LARGEST))
    mix = rng.choices(_MIXES, _MIX_WEIGHTS)[0]
    rents = mix[0][0] is Product.SMS and rng.random() < 0.4  # noqa: PLR2004 - two in five
    return Story(
        index=index,
        who=who,
        joined_on=_joining_day(rng, scale),
        spend=round(spend) * MICROS,
        mix=_wide(rng, mix, scale.products),
        busy=scale.busy if scale.busy is not None else rng.uniform(0.15, 0.6),
        top_up=top_up * MICROS,
        payer=rng.choice(_PAYERS),
        bank_fee=_bank_fee(rng, who.country),
        overspends=rng.random() < (OVERSPENDING_RENTERS if rents else OVERSPENDERS),
        numbers=rng.choice((1, 1, 1, 2, 3)) if rents else 0,
        cancels_after=rng.randint(2, 12) if rents and rng.random() < 0.25 else None,  # noqa: PLR2004 - one in four
    )


def _joining_day(rng: random.Random, scale: Scale) -> date:
    """A third were there when the books begin; the others come over time. A dense company is complete at once."""
    at_once = scale.busy is not None or rng.random() < 0.34  # noqa: PLR2004 - a third
    return scale.first_on + timedelta(days=rng.randint(1, 20) if at_once else rng.randint(1, max(scale.days - 10, 1)))


def _wide(
    rng: random.Random, mix: tuple[tuple[Product, float], ...], products: int
) -> tuple[tuple[Product, float], ...]:
    """The mix, filled up with further products to the number a dense company needs."""
    more = [product for product in Product if product not in {one for one, _share in mix}]
    rng.shuffle(more)
    return (*mix, *((product, 0.05) for product in more[: max(products - 2, 0)]))


def _bank_fee(rng: random.Random, country: str) -> int:
    """What the payer's bank keeps of each payment, in micros; nothing at home (`product.md`, rule 9)."""
    if country == "AU" or rng.random() < 0.6:  # noqa: PLR2004 - two in five foreign banks charge
        return 0
    return rng.choice((5, 8, 10, 12, 15, 18, 20)) * MICROS

"""The cards customers of the demo have on file: told by the processor, as its files tell them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from services.cards.model import CardFacts
from services.cards.objects import ReadCard, Whose
from services.cards.operations import keep_card, link_customer
from services.db.engine import Transaction
from services.demo.company import Act, DemoCompany
from services.demo.opening import at
from services.demo.story import Story
from services.periods import Period

HAVE_ONE = 0.6  # share of customers with a card on file
_SECOND, _TAKEN_OFF = 0.15, 0.12
_BRANDS = ("visa",) * 56 + ("mastercard",) * 30 + ("amex",) * 9 + ("jcb",) * 3 + ("unionpay", "diners")
_KEPT_DAYS = 60  # after which one that is taken off is


def cards_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """Cards added by those who join in a month, and taken off by some of those who joined before."""
    for story in company.stories:
        for place, external_id in enumerate(_ids(company.seed, story)):
            added_at = at(company.database, story.joined_on, 10, 30 + place)
            found = _card(company.seed, story, place, external_id, added_at)
            if story.joined_on in days:
                yield added_at, partial(_keep, company, story, found, added_at)
            gone_on = story.joined_on + timedelta(days=_KEPT_DAYS)
            if _is_taken_off(company.seed, external_id) and gone_on in days:
                gone_at = at(company.database, gone_on, 10)
                yield gone_at, partial(_keep, company, story, replace(found, is_attached=False), gone_at)


def processor_id(seed: int, story: Story) -> str:
    """What the processor calls the customer."""
    return f"cus_Demo{seed}C{story.index:05}"


def _ids(seed: int, story: Story) -> list[str]:
    rng = random.Random(f"{seed}:cards:{story.index}")  # noqa: S311 - fiction, not secrets
    count = (1 + (rng.random() < _SECOND)) if rng.random() < HAVE_ONE else 0
    return [f"pm_Demo{seed}C{story.index:05}N{place}" for place in range(1, count + 1)]


def _is_taken_off(seed: int, external_id: str) -> bool:
    return random.Random(f"{seed}:off:{external_id}").random() < _TAKEN_OFF  # noqa: S311 - as above


def _card(seed: int, story: Story, place: int, external_id: str, added_at: datetime) -> ReadCard:
    rng = random.Random(f"{seed}:card:{story.index}:{place}")  # noqa: S311 - as above
    facts = CardFacts(
        brand=rng.choice(_BRANDS),
        last_four=f"{rng.randrange(10_000):04}",
        exp_month=rng.randint(1, 12),
        exp_year=story.joined_on.year + rng.choice((0, 1, 2, 3, 3, 4)),
        country=story.who.country,
        fingerprint=f"Demo{seed}F{story.index:05}N{place}",
        wallet="link" if rng.random() < 0.1 else "",  # noqa: PLR2004 - one in ten
    )
    return ReadCard(external_id, Whose("", ""), facts, added_at, is_attached=True)


def _keep(company: DemoCompany, story: Story, found: ReadCard, moment: datetime) -> None:
    member = next((one for one in company.members if one.story.index == story.index), None)
    if member is None:  # it joins later that day
        return
    external_id, customer_id = processor_id(company.seed, story), member.customer.id
    told = replace(found, whose=Whose(external_id, member.customer.account_id))

    def tell(tx: Transaction) -> None:
        link_customer(tx, by=company.accounting, external_id=external_id, customer_id=customer_id, livemode=False)
        keep_card(tx, by=company.accounting, found=told, livemode=False)

    company.database.act(tell, at=moment)

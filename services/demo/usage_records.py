"""The last weeks of the demo company message by message, brought in by the import everybody uses."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial

from services.access.model import Principal
from services.db.engine import Database
from services.demo.member import Member
from services.demo.traffic import price
from services.money import MICROS, allocate
from services.usage.model import Product, UsageDay
from services.usage.operations import import_usage

WEEKS = timedelta(days=35)  # before the last day: what is kept message by message
MOST = 38_000  # records in those weeks; beyond one a row of usage, rows are posted by the day

_COLUMNS = (
    *("external_id", "customer", "sub_account", "product", "direction", "sent_at", "country", "quantity", "parts"),
    *("unit_price", "price", "currency", "status", "own_number", "recipient"),
)
_SUB_ACCOUNTS = ("", "marketing", "support", "store")
_STATUSES = ("delivered",) * 46 + ("undelivered",) * 3 + ("expired",)
# Ranges that are kept free for fiction by those who hand numbers out.
_FICTION = {"AU": "+61491570", "GB": "+447700900", "US": "+12025550", "FR": "+33639981", "NZ": "+64210200"}
_PAPER = frozenset({Product.POST, Product.POSTCARDS})
_MAIL = frozenset({Product.EMAIL, Product.EMAIL_TRANSACTIONAL})
_ANSWERED = 0.3  # share of days on which somebody answers a number that is used


@dataclass(frozen=True, slots=True)
class RecentUsage:
    """Rows of usage young enough to be kept message by message, of customers by id."""

    rows: Sequence[UsageDay]
    members: Mapping[int, Member]
    seed: int
    timezone: tzinfo

    def table(self, most: int) -> bytes:
        """The usage file: the messages behind every row, at most `most` of them, whose sums are the rows."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for usage in self.rows:
            writer.writerows(self._messages(usage, max(most // len(self.rows), 1)))
        return out.getvalue().encode()

    def _messages(self, usage: UsageDay, most: int) -> Iterator[tuple[object, ...]]:
        member = self.members[usage.customer_id]
        name = f"{member.customer.account_id}-{usage.day:%y%m%d}-{usage.product}-{usage.country}"
        rng = random.Random(f"{self.seed}:{name}")  # noqa: S311 - fiction, not secrets
        unit = price(usage.product, usage.currency)
        number = _number_used(member, usage)
        subs = _SUB_ACCOUNTS if member.story.index % 4 == 0 else _SUB_ACCOUNTS[:1]
        for place, (quantity, parts) in enumerate(_parted(rng, usage, most)):
            yield (
                *(f"{name}-{place}", member.customer.username, rng.choice(subs), usage.product.value, "out"),
                *(self._moment(rng, usage.day), usage.country, quantity, parts, _plain(unit), _plain(parts * unit)),
                *(usage.currency, rng.choice(_STATUSES), number, _recipient(rng, usage)),
            )
        if number and rng.random() < _ANSWERED:
            yield (
                *(f"{name}-in", member.customer.username, subs[0], usage.product.value, "in"),
                *(self._moment(rng, usage.day), usage.country, 1, 1, "", "0", usage.currency, "received", number),
                _recipient(rng, usage),
            )

    def _moment(self, rng: random.Random, day: date) -> str:
        """Some time of a working day, as the company's clock shows it."""
        seconds = rng.randrange(8 * 3_600, 19 * 3_600)
        return (datetime.combine(day, time(), self.timezone) + timedelta(seconds=seconds)).isoformat()


def bring_in(
    database: Database,
    rows: Sequence[UsageDay],
    *,
    last_on: date,
    members: Iterable[Member],
    seed: int,
    by: Principal,
    at: datetime,
) -> list[UsageDay]:
    """Import the messages behind the rows of the last weeks; gives back the rows that are left to post by the day."""
    recent = [usage for usage in rows if usage.day >= last_on - WEEKS]
    days = {usage.day for usage in recent}
    most = MOST * len(days) // WEEKS.days
    if not recent or len(recent) > most:
        return list(rows)
    usage = RecentUsage(recent, {one.customer.id: one for one in members}, seed, database.timezone)
    name = f"usage-{min(days)}-{max(days)}.csv"
    bring = partial(import_usage, by=by, file=usage.table(most), name=name, complete_through=max(days))
    database.act(bring, at=at)
    return [usage for usage in rows if usage.day not in days]


def _parted(rng: random.Random, usage: UsageDay, most: int) -> Iterator[tuple[int, int]]:
    """Messages and parts of each record: some single messages, and campaigns that took many."""
    count = min(usage.messages, usage.parts, most)
    weights = [rng.choice((1, 1, 2, 12)) for _ in range(count)]
    spare = allocate(usage.messages - count, weights), allocate(usage.parts - count, weights)
    return ((1 + more, 1 + further) for more, further in zip(*spare, strict=True))


def _number_used(member: Member, usage: UsageDay) -> str:
    """The customer's own number a text message used; one customer in three rents numbers and uses none."""
    if usage.product is not Product.SMS or member.story.index % 3 == 0:
        return ""
    rented = [one.e164 for one in member.numbers if one.activated_on <= usage.day < (one.cancels_on or date.max)]
    return rented[0] if rented else ""


def _recipient(rng: random.Random, usage: UsageDay) -> str:
    if usage.product in _PAPER:
        return ""
    if usage.product in _MAIL:
        return f"reader{rng.randrange(10_000):04d}@mail.example"
    return f"{_FICTION.get(usage.country, _FICTION['AU'])}{rng.randrange(1_000):03d}"


def _plain(micros: int) -> str:
    """Micros as an amount with four decimals, which is exact for these prices."""
    whole, part = divmod(micros, MICROS)
    return f"{whole}.{part // 100:04d}"

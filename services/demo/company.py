"""The fictitious company at work, month by month, each act at its moment and by the operations the screens use."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from services.access.model import SYSTEM, Principal, Role
from services.cards.charges import ReadCharge
from services.db.engine import Database
from services.demo.bank import AccountAtBank, StatementFile
from services.demo.member import Member
from services.demo.opening import at
from services.demo.receipts import import_and_accept
from services.demo.sorting import sort_costs
from services.demo.story import Scale, Story
from services.demo.traffic import usage_of_month
from services.demo.usage_records import bring_in
from services.fees.charging import due_fees
from services.jobs.running import run_due
from services.ledger.operations import roll_up
from services.periods import Period, month_of
from services.usage.model import UsageDay
from services.usage.operations import post_usage_days
from services.wiring.jobs import JOBS

SLICE = 20_000  # rows of usage one transaction holds; a small company's month is one

HOME = "AUD"  # the account whose newest statement is left for a person to import
CHARGES = [job for job in JOBS if job.name != "invoices"]
LATELY = 10  # days
YOUNG = 6  # a month of so few days has too few receipts to show

Act = tuple[datetime, Callable[[], None]]


@dataclass
class DemoCompany:
    """Everything that is remembered from one month to the next while the history is built."""

    database: Database
    seed: int
    scale: Scale
    stories: list[Story]
    people: dict[Role, Principal]
    bank: dict[str, AccountAtBank]
    members: list[Member] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    fee_waits: bool = False
    charged: list[tuple[Member, ReadCharge]] = field(default_factory=list)  # at home, and nothing of it went back
    at_processor: int = 0  # AUD micros that card payments brought and no payout has taken

    @property
    def accounting(self) -> Principal:
        """Who issues, imports and accepts."""
        return self.people[Role.ACCOUNTING]

    @property
    def now(self) -> datetime:
        """Where the history ends: early on the last day, before the office opens."""
        return at(self.database, self.scale.last_on, 7)

    def charge(self, month: date) -> None:
        """Run what is due on the 1st of a month, in advance: its rental and its recurring fees.

        Invoices expire some days later (`demo.ending`), once the last month's statements are in.
        """
        with self.database.read() as conn:
            due = due_fees(conn, month=month)
        moment = at(self.database, month, 0, 10)
        deque(run_due(self.database, by=SYSTEM, jobs=CHARGES, on=month, at=moment), maxlen=0)
        for member in self.members:
            member.credit -= sum(found[1].micros for one in member.numbers if (found := one.rental_for(month)))
        by_id = {member.customer.id: member for member in self.members}
        for fee in due:
            by_id[fee.customer_id].credit -= fee.amount.micros

    def bank_day(self, days: Period, *, but: Collection[str] = ()) -> None:
        """Import each account's statement of some days on the second day after them, and accept what has a name."""
        moment = min(at(self.database, days.ends_before + timedelta(days=1), 9, 30), self.now)
        for currency in [code for code in self.bank if code not in but]:
            self.take_in(self.statement(currency, days), currency, moment)

    def statement(self, currency: str, days: Period) -> StatementFile:
        """The bank's file of one account for some days of one month."""
        written_at = at(self.database, days.ends_before, 5)
        return self.bank[currency].statement(self.seed, days, written_at)

    def take_in(self, file: StatementFile, currency: str, moment: datetime) -> None:
        """Import a file, and let its payers use what it brought from the next day on."""
        if not file.lines:
            return
        by_id = {member.customer.id: member for member in self.members}
        tomorrow = moment.astimezone(self.database.timezone).date() + timedelta(days=1)
        taken = import_and_accept(
            self.database,
            file,
            by=self.accounting,
            bank_account=self.bank[currency].account.code,
            currency=currency,
            at=moment,
        )
        for allocation in taken:
            by_id[allocation.customer_id].receive(allocation.net, tomorrow)
        if (self.now - moment).days > LATELY:  # the newest wait for somebody to look at them
            sort_costs(self.database, by=self.accounting, at=moment)

    def use(self, days: Period) -> None:
        """Post the usage of some days of one month, in bulk once they are over."""
        rows: list[UsageDay] = []
        for member in self.members:
            begins = member.sends_from
            if begins and begins < days.ends_before and member.may_send(days.starts_on):
                inside = Period(max(days.starts_on, begins), days.ends_before)
                used = usage_of_month(self.seed, member.story, member.customer.id, inside)
                member.credit -= sum(row.micros for row in used)
                rows += used
        moment = min(at(self.database, days.ends_before, 0, 5), self.now)
        rows = bring_in(
            self.database,
            rows,
            last_on=self.scale.last_on,
            members=self.members,
            seed=self.seed,
            by=self.accounting,
            at=moment,
        )
        for start in range(0, len(rows), SLICE):
            part, source = rows[start : start + SLICE], f"demo-{days.starts_on:%Y-%m}-{start // SLICE + 1}"
            self.database.act(partial(post_usage_days, by=SYSTEM, days=part, source=source), at=moment)
        self.database.act(roll_up, at=moment)


def live(company: DemoCompany, month: date, acts: Callable[[DemoCompany, Period], list[Act]]) -> None:
    """Live one month up to the company's last day, in the order of the clock; `acts` are what its customers do."""
    days, waiting = month_of(month), waiting_days(company.scale.last_on)
    so_far = Period(days.starts_on, min(days.ends_before, company.scale.last_on))
    if month > company.scale.first_on:
        company.charge(month)
        company.bank_day(days.before(), but={HOME} if waiting.starts_on < month == company.scale.last_month else ())
    for moment, act in sorted(acts(company, days), key=lambda one: one[0]):
        if moment < company.now:
            act()
    if so_far.days:
        company.use(so_far)
        if so_far != days:
            company.bank_day(so_far, but={HOME})


def waiting_days(last_on: date) -> Period:
    """The days of the statement that is left for a person to import: this month's, or where it is young the last's."""
    month = month_of(last_on)
    return Period(month.starts_on if last_on.day > YOUNG else month.before().starts_on, last_on)

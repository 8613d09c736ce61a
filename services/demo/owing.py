"""Who owes in the demo: three more who pay afterwards and left their first invoice unpaid; one disputes, two promise.

So aged receivables have somebody in every bucket, and dunning somebody in most of its states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from services.access.model import Role
from services.demo.company import Act, DemoCompany
from services.demo.member import Member
from services.demo.opening import at
from services.demo.payer import Receipt
from services.demo.postpaid import agree
from services.dunning.operations import pause_reminders, promise_to_pay
from services.invoices import queries as invoices
from services.invoices.model import InvoiceKind
from services.money import Money
from services.periods import Period, add_months
from services.reporting.aged import debts


@dataclass(frozen=True, slots=True)
class _Debtor:
    """The sender of a rank, the month its commitment starts in (from the last one back), and its days to pay."""

    rank: int
    starts: int
    days: int

    def begins(self, company: DemoCompany) -> date:
        """The first day of its commitment."""
        return add_months(company.scale.last_on.replace(day=1), self.starts)


_DISPUTES, _BREAKS, _PROMISES = _Debtor(2, -4, 14), _Debtor(3, -3, 14), _Debtor(4, -3, 30)
_PAID_AFTER = (6, 8, 11)  # days, for all invoices but the first of each


def owing_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """What happens about debts in a month: agreements, payments of all but the first, a pause and two promises."""
    first, last = days.starts_on, company.scale.last_on.replace(day=1)
    asked = at(company.database, first + timedelta(days=4), 11)
    for one in (_DISPUTES, _BREAKS, _PROMISES):
        if first == add_months(one.begins(company), -1):
            starts = one.begins(company)
            yield asked, partial(agree, company, asked, starts, rank=one.rank, days=one.days)
    looks = at(company.database, first + timedelta(days=2), 11)
    if looks < company.now:
        yield looks, partial(_pay, company, first)
    disputed = at(company.database, first + timedelta(days=6), 15)
    if first == add_months(_DISPUTES.begins(company), 2):
        yield disputed, partial(_dispute, company, disputed)
    if first == last:
        early = min(at(company.database, first + timedelta(days=2), 16), company.now - timedelta(days=4))
        late = company.now - timedelta(days=1)
        yield (
            early,
            partial(
                _promise, company, _BREAKS, early, early.date() + timedelta(days=2), "Out of the next month’s money."
            ),
        )
        yield (
            late,
            partial(_promise, company, _PROMISES, late, late.date() + timedelta(days=12), "Their bank was changed."),
        )


def _member(company: DemoCompany, one: _Debtor) -> Member | None:
    """Who agreed then; two that start in one month are told apart by their spending, as when they agreed."""
    begun = [member for member in company.members if member.pays_after == one.begins(company)]
    begun.sort(key=lambda member: (-member.story.spend, member.customer.id))
    place = 0 if one is not _PROMISES else 1
    return begun[place] if place < len(begun) else None


def _pay(company: DemoCompany, month: date) -> None:
    """All but the first invoice of each are paid some days later; the last debtor's newest is not due yet."""
    slow = _member(company, _PROMISES)
    last = company.scale.last_on.replace(day=1)
    for member in company.members:
        if member.pays_after is None or add_months(member.pays_after, 1) >= month:
            continue
        if member is slow and month == last:
            continue
        with company.database.read() as conn:
            found = invoices.page(conn, customer_id=member.customer.id, period=_month(month)).rows
            issued = [invoices.invoice(conn, int(each)) for each in found["id"]]
        for each in issued:
            if each.kind is InvoiceKind.ARREARS:
                booked = each.issued_on + timedelta(days=_PAID_AFTER[member.customer.id % len(_PAID_AFTER)])
                name = member.story.who.name.upper()[:35]
                paid = Receipt(booked, each.gross, name, each.reference, f"PA{booked:%y%m%d}{each.id:06d}", each.id)
                company.bank[each.currency].coming.append(paid)


def _month(first: date) -> Period:
    return Period(first, add_months(first, 1))


def _dispute(company: DemoCompany, moment: datetime) -> None:
    member = _member(company, _DISPUTES)
    if member and _owed(company, member, moment.date()):
        pause = partial(
            pause_reminders, by=company.people[Role.MANAGER], nonce=f"demo-pause-{member.customer.id}",
            customer_id=member.customer.id, currency=member.customer.currency,
            reason="Disputes the use of their first month; the carrier looks into it.", until=None,
        )  # fmt: skip
        company.database.act(pause, at=moment)


def _promise(company: DemoCompany, one: _Debtor, moment: datetime, by: date, note: str) -> None:
    member = _member(company, one)
    owed = _owed(company, member, moment.date()) if member else None
    if member and owed:
        promise = partial(
            promise_to_pay, by=company.people[Role.SUPPORT], nonce=f"demo-promise-{member.customer.id}",
            customer_id=member.customer.id, amount=owed, promised_on=by, who=member.story.who.contact, note=note,
        )  # fmt: skip
        company.database.act(promise, at=moment)


def _owed(company: DemoCompany, member: Member, on: date) -> Money | None:
    code = member.customer.currency
    with company.database.read() as conn:
        rows = debts(conn, as_of=on, customer_id=member.customer.id, currency=code)
    owed = Money(int(rows.loc[rows["days"] > 0, "open_micros"].sum()), code)
    return owed or None

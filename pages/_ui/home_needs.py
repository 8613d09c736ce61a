"""What waits for this person, as cards on Home: those first that the role deals with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pages._ui import cached, cards, text
from pages._ui.frame import read
from services.access import queries as access
from services.access.model import Principal, Role
from services.banking import queries as banking
from services.banking.model import IMPORT
from services.customers import queries as customers
from services.invoices import queries as invoices
from services.payments.refunds import queries as refunds
from services.payments.refunds.model import RefundState
from services.payments.short import queries as short
from services.payments.short.model import Standing
from services.postpaid import queries as postpaid
from services.postpaid.application import ApplicationStatus
from services.postpaid.model import APPLY, DECIDE, RECOMMEND
from services.reporting import coverage
from services.requests import queries as requests
from services.requests.model import TAKE_REQUESTS

INVOICES = "billing/invoices.py"
CUSTOMERS = "customers/customers.py"
NUMBERS = "activity/numbers.py"
RECEIPTS = "billing/bank_receipts.py"
POSTPAID = "billing/postpaid.py"
IN_A_LINE = 6  # cards; more of them are too narrow for their words on a laptop


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits: how many, what, and the way there in words."""

    number: int
    label: str
    sentence: str
    file: str
    parameters: dict[str, str] = field(default_factory=dict)


def draw(by: Principal) -> None:
    """The cards of what waits, those first that this role deals with; in two lines where they are many."""
    today = text.today()
    every = [*_asked_for(by), *_money_at_bank(by, today), *_of_everybody(today)]
    a_line = len(every) if len(every) <= IN_A_LINE else -(-len(every) // 2)
    for start in range(0, len(every), a_line):
        for place, each in zip(cards.row(a_line), every[start : start + a_line], strict=False):
            with place:
                cards.need(by, each.number, each.label, each.sentence, file=each.file, **each.parameters)


def _asked_for(by: Principal) -> Iterator[Need]:
    if by.may(TAKE_REQUESTS):
        yield Need(cached.read(requests.waiting), "Invoice requests", "See them", "billing/requests.py")
    if by.may(RECOMMEND):
        to_sign = cached.read(postpaid.unsigned_count)
        yield Need(_standing(ApplicationStatus.OPEN) + to_sign, "Postpaid applications", _what_waits(to_sign), POSTPAID)
    elif by.may(DECIDE):
        number = _standing(ApplicationStatus.RECOMMENDED, ApplicationStatus.DECIDING)
        yield Need(number, "Postpaid applications", "Decide", POSTPAID)
    elif by.may(APPLY):
        yield Need(_standing(ApplicationStatus.WAITING), "Postpaid applications", "Answer", POSTPAID)


def _standing(*status: ApplicationStatus) -> int:
    return sum(cached.read(postpaid.waiting_count, status=each) for each in status)


def _what_waits(to_sign: int) -> str:
    return f"Recommend; {to_sign:,} to sign" if to_sign else "Recommend"


def _money_at_bank(by: Principal, today: date) -> Iterator[Need]:
    if by.role in {Role.ACCOUNTING, Role.ADMIN}:
        waiting = cached.read(banking.lines_page, unallocated_only=True, size=1).total
        yield Need(waiting, "Receipts to match", "Match them", RECEIPTS)
    if by.may(IMPORT):
        counts = cached.read(short.short_counts, today=today)
        paid_short = counts.get(Standing.OPEN, 0)
        yield Need(paid_short, "Paid short", "Decide", RECEIPTS, {"receipts_view": "Paid short"})
        _, to_pay = cached.read(refunds.page, state=RefundState.TO_PAY, size=1)
        yield Need(to_pay, "Refunds to pay", "See them", RECEIPTS, {"receipts_view": "Refunds"})


def _of_everybody(today: date) -> Iterator[Need]:
    still_open, overdue = cached.read(invoices.open_counts, today=today)
    yield Need(read(access.waiting_approvals), "Approvals waiting", "Decide", "admin/approvals.py")
    money = {"invoices_status": "Waiting for money"}
    yield Need(still_open, "Unpaid invoices", f"{overdue:,} past due", INVOICES, money)
    below = cached.read(customers.page, balance=customers.BalanceFilter.NEGATIVE, size=1).total
    yield Need(below, "Negative balances", "See who", CUSTOMERS, {"customers_balance": "Negative"})
    uncovered = len(cached.until_posted(coverage.coverage, today=today).rows)
    view = {"numbers_view": "Negative on the 1st"}
    yield Need(uncovered, "Negative on the 1st", "Avoid it", NUMBERS, view)

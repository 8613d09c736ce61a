"""Home: what needs me today, and how credit sold, used and held is moving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from pages._ui import cached, cards, charts, filters, freshness, job_parts, mail_standing, menu, text, trends
from pages._ui.frame import OPEN, empty, open_screen, read
from services.access import queries as access
from services.access.model import Principal, Role
from services.banking import queries as banking
from services.banking.model import IMPORT
from services.customers import queries as customers
from services.invoices import queries as invoices
from services.money import Money
from services.payments.refunds import queries as refunds
from services.payments.refunds.model import RefundState
from services.payments.short import queries as short
from services.payments.short.model import Standing
from services.reporting import coverage
from services.requests import queries as requests
from services.requests.model import TAKE_REQUESTS

INVOICES = "billing/invoices.py"
CUSTOMERS = "customers/customers.py"
NUMBERS = "activity/numbers.py"
RECEIPTS = "billing/bank_receipts.py"
IN_A_LINE = 6  # cards; more of them are too narrow for their words on a laptop
ONWARD = ":material/arrow_forward:"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits: how many, what, and the way there in words."""

    number: int
    label: str
    sentence: str
    file: str
    parameters: dict[str, str] = field(default_factory=dict)


def needs(by: Principal) -> None:
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


def figures(by: Principal, found: trends.Figures, currency: str) -> None:
    """Credit sold and used in the chosen period against the one before, credit held now, and twelve months of each."""
    period = filters.chosen_period()
    year = found.year
    against = f"against {text.period(period.before())}"

    def of(micros: int) -> Money:
        return Money(micros, currency)

    one, two, three = cards.row(3)
    with one:
        cards.money(
            "Credit sold", of(found.sold), before=of(found.sold_before), against=against, trend=year.sold, bars=True
        )
        menu.link(by, "activity/transactions.py", "What was sold", icon=ONWARD, transactions_currency=currency)
    with two:
        cards.money(
            "Credit used", of(found.used), before=of(found.used_before), against=against, trend=year.used, bars=True
        )
        menu.link(by, "activity/usage.py", "What it was used for", icon=ONWARD, usage_currency=currency)
    with three:
        held_before = of(year.held[-2])
        cards.money("Credit held", of(year.held[-1]), before=held_before, against="this month", trend=year.held)
        chosen = {"customers_currency": currency, "customers_order": "Most credit"}
        menu.link(by, CUSTOMERS, "Who holds it", icon=ONWARD, **chosen)
    charts.draw(
        charts.bars_by_month(year.months, {"Sold": year.sold, "Used": year.used}, currency=currency),
        alt=f"Credit sold and used in each of the last twelve months, {currency}",
        twin=lambda: twin(year, currency),
        key="home_sold_and_used",
    )
    freshness.show()


def twin(year: trends.Credit, currency: str) -> pd.DataFrame:
    """The twelve months as a table."""
    columns = (("Sold", year.sold), ("Used", year.used), ("Held at its end", year.held))
    return pd.DataFrame(
        {
            "Month": [f"{month:%B %Y}" for month in year.months],
            **{
                f"{name}, {currency}": [text.amount(Money(micros, currency)) for micros in column]
                for name, column in columns
            },
        }
    )


screen = open_screen("Home", OPEN, answer="What needs you today, and how credit moves.")
job_parts.troubles(screen.by)
mail_standing.troubles(screen.by)
needs(screen.by)
by_currency = cached.read(trends.figures, today=text.today(), period=filters.chosen_period())
if by_currency:
    chosen = filters.views("Currency", list(by_currency), key="home_currency")
    figures(screen.by, by_currency[chosen], chosen)
else:
    empty("No credit has been sold or used yet.", "Issue an invoice, or import a bank statement.")

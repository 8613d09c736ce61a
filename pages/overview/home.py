"""Home: what needs me today, and how credit sold, used and held is moving."""

from __future__ import annotations

import pandas as pd

from pages._ui import cached, cards, charts, filters, freshness, job_parts, mail_standing, menu, text, trends
from pages._ui.frame import OPEN, empty, open_screen, read
from services.access import queries as access
from services.access.model import Principal, Role
from services.banking import queries as banking
from services.customers import queries as customers
from services.invoices import queries as invoices
from services.money import Money
from services.reporting import coverage
from services.requests import queries as requests
from services.requests.model import TAKE_REQUESTS

INVOICES = "billing/invoices.py"
CUSTOMERS = "customers/customers.py"
NUMBERS = "activity/numbers.py"
ONWARD = ":material/arrow_forward:"


def needs(by: Principal) -> None:
    """The cards of what waits, those first that this role deals with."""
    today = text.today()
    still_open, overdue = cached.read(invoices.open_counts, today=today)
    takes = by.may(TAKE_REQUESTS)
    places = iter(cards.row(4 + takes + (by.role in {Role.ACCOUNTING, Role.ADMIN})))
    if takes:
        asked = cached.read(requests.waiting)
        with next(places):
            cards.need(by, asked, "Invoice requests", "See them", file="billing/requests.py")
    if by.role in {Role.ACCOUNTING, Role.ADMIN}:
        receipts = cached.read(banking.lines_page, unallocated_only=True, size=1).total
        with next(places):
            cards.need(by, receipts, "Receipts to match", "Match them", file="billing/bank_receipts.py")
    with next(places):
        waiting = read(access.waiting_approvals)
        cards.need(by, waiting, "Approvals waiting", "Decide", file="admin/approvals.py")
    with next(places):
        cards.need(
            by,
            still_open,
            "Unpaid invoices",
            f"{overdue:,} past due",
            file=INVOICES,
            invoices_status="Waiting for money",
        )
    with next(places):
        below = cached.read(customers.page, balance=customers.BalanceFilter.NEGATIVE, size=1).total
        cards.need(by, below, "Negative balances", "See who", file=CUSTOMERS, customers_balance="Negative")
    with next(places):
        short = len(cached.until_posted(coverage.coverage, today=today).rows)
        said = "Avoid it"
        cards.need(by, short, "Negative on the 1st", said, file=NUMBERS, numbers_view="Negative on the 1st")


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

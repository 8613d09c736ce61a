"""Home: what needs me today, and how credit sold, used and held is moving."""

from __future__ import annotations

import pandas as pd

from pages._ui import (
    cached,
    cards,
    charts,
    filters,
    freshness,
    home_needs,
    job_parts,
    mail_standing,
    menu,
    text,
    trends,
)
from pages._ui.frame import OPEN, empty, open_screen
from services.access.model import Principal
from services.money import Money

CUSTOMERS = "customers/customers.py"
ONWARD = ":material/arrow_forward:"


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
home_needs.draw(screen.by)
by_currency = cached.read(trends.figures, today=text.today(), period=filters.chosen_period())
if by_currency:
    chosen = filters.views("Currency", list(by_currency), key="home_currency")
    figures(screen.by, by_currency[chosen], chosen)
else:
    empty("No credit has been sold or used yet.", "Issue an invoice, or import a bank statement.")

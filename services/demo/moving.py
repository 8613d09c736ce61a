"""A customer of the demo company moves, and support changes its details on what comes and on every past invoice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from services.access.model import Role
from services.customers.queries import details_versions
from services.demo.company import Act, DemoCompany
from services.demo.opening import at
from services.invoices.changing import carry_out
from services.invoices.queries import page
from services.invoices.queries.versions import reached
from services.periods import Period

_DAY = timedelta(days=16)
_LOOKED_AT = 200  # newest invoices among which the one who moves is found
_FEWEST = 2  # invoices, so that there is something to see
_WHY = "Moved its office, asked for in ticket 48213"


def moves_of_month(company: DemoCompany, days: Period) -> Iterator[Act]:
    """In the month before the last, one customer moves."""
    if days.ends_before == company.scale.last_month:
        moment = at(company.database, days.starts_on + _DAY, 14, 20)
        yield moment, partial(_move, company, days, moment)


def _move(company: DemoCompany, days: Period, moment: datetime) -> None:
    with company.database.read() as conn:
        counted = Counter(page(conn, size=_LOOKED_AT).rows["customer_id"].tolist())
        chosen = min(counted, key=lambda one: (-counted[one], one), default=None)
        if chosen is None or counted[chosen] < _FEWEST:
            return
        member = next(each for each in company.members if each.customer.id == chosen)
        _, _, town = member.details.address.partition("\n")
        moved = replace(member.details, address=f"Suite 3, 417 Lantern Street\n{town}".strip())
        papers = [each.paper for each in reached(conn, customer_id=chosen, details=moved) if not each.refusal]
        version = details_versions(conn, chosen, limit=1)[0].version
    carry_out(
        company.database,
        by=company.people[Role.SUPPORT],
        customer_id=chosen,
        details=moved,
        reason=_WHY,
        expected_version=version,
        papers=papers,
        on=days.starts_on + _DAY,
        at=moment,
    )
    member.details = moved

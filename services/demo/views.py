"""The lists the demo company's people come back to: saved views, their own and shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.access.model import Principal, Role
from services.db.engine import Database
from services.views.model import PERIOD, Values
from services.views.operations import save_view

# Who saved it, for everybody or not, which list, what it is called, and the filters it holds.
_VIEWS: tuple[tuple[Role, bool, str, str, Values], ...] = (
    (Role.ACCOUNTING, True, "transactions", "Credit bought last month", {
        PERIOD: ["Last month"], "transactions_class": ["Bank transfers"],
    }),
    (Role.MANAGER, True, "customers", "Negative balances", {"customers_balance": ["Negative"]}),
    (Role.SUPPORT, False, "transactions", "Taken back this month", {
        PERIOD: ["This month"], "transactions_reversals": ["true"],
    }),
)  # fmt: skip


def save_views(database: Database, people: Mapping[Role, Principal], moment: datetime) -> None:
    """Save each view as its person would, at one moment."""
    for role, shared, screen, name, values in _VIEWS:
        nonce = f"demo-view-{role.value}-{screen}"
        with database.write(at=moment) as tx:
            save_view(tx, by=people[role], nonce=nonce, screen=screen, name=name, values=values, shared=shared)

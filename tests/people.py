"""People who act in tests: made by the operation an administrator uses."""

from __future__ import annotations

from services.access.model import SYSTEM, Principal, Role
from services.access.people import create_person
from services.db.engine import Database
from tests.builders import AT


def person(database: Database, name: str, role: Role) -> Principal:
    """Somebody of that role who can ask for approvals and decide on them."""
    email = f"{name.lower()}@people.example"
    made = database.act(lambda tx: create_person(tx, by=SYSTEM, name=name, email=email, role=role), at=AT)
    return Principal(made.person_id, name, role)

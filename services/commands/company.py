"""Commands that begin and run an installation: init, and who may sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from services.access import people as access
from services.access.model import Role
from services.access.tables import person
from services.commands.console import OPERATOR, answer, books, say, stop
from services.company.operations import set_up
from services.company.profile import read_profile
from services.db.engine import Database
from services.pricing.operations import load_reference
from services.settings import settings
from services.wiring.schema import upgrade

people = typer.Typer(help="Who may sign in.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The person's e-mail address, with which they sign in.")]


def init(
    *,
    company: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The company's file (TOML), like data/demo_company.toml."),
    ] = None,
) -> None:
    """Create or update the tables, load currencies, rates and tax rules, and set the company up from its file."""
    with books() as database:
        upgrade(database)
        database.act(lambda tx: load_reference(tx, by=OPERATOR, folder=settings().reference_data))
        if company:
            profile = read_profile(company.read_bytes())
            named = database.act(lambda tx: set_up(tx, by=OPERATOR, profile=profile))
            say(f"{named.name} is set up.")
        with database.read() as conn:
            somebody = conn.execute(select(person.c.id).limit(1)).first()
    first = "" if somebody else " Add the first person: python -m services people add NAME EMAIL --role admin"
    say(f"The books are ready.{first}")


@people.command("list")
def list_people(*, as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List everybody with their role."""
    with books() as database, database.read() as conn:
        rows = conn.execute(
            select(person.c.name, person.c.email, person.c.role, person.c.active).order_by(person.c.name)
        ).all()
    if as_json:
        answer([{"name": row.name, "email": row.email, "role": row.role, "active": bool(row.active)} for row in rows])
        return
    for row in rows:
        typer.echo(f"{row.name:<30} {row.email:<40} {row.role:<12} {'' if row.active else 'deactivated'}".rstrip())


@people.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    email: Email,
    *,
    role: Annotated[Role, typer.Option(help="What they may do.")],
) -> None:
    """Add a person and print a one-time password, once; they choose their own when they first sign in."""
    with books() as database:
        made = database.act(lambda tx: access.create_person(tx, by=OPERATOR, name=name, email=email, role=role))
    typer.echo(made.password)
    say(f"{name} signs in with {email} and this one-time password; it is not shown again.")


@people.command("deactivate")
def deactivate(email: Email, *, reason: Annotated[str, typer.Option(help="Why, for the audit trail.")] = "") -> None:
    """Take somebody's access away at once; their sessions end."""
    with books() as database:
        person_id = _find(database, email)
        database.act(lambda tx: access.deactivate(tx, by=OPERATOR, person_id=person_id, reason=reason))
    say(f"{email} can no longer sign in.")


@people.command("reset-password")
def reset_password(email: Email) -> None:
    """Give somebody a new one-time password, printed once."""
    with books() as database:
        person_id = _find(database, email)
        made = database.act(lambda tx: access.reset_password(tx, by=OPERATOR, person_id=person_id))
    typer.echo(made.password)
    say("It is not shown again.")


def _find(database: Database, email: str) -> int:
    with database.read() as conn:
        found = conn.execute(select(person.c.id).where(person.c.email == email.strip().lower())).scalar()
    if found is None:
        stop(f"Nobody signs in with {email}; see: python -m services people list")
    return int(found)

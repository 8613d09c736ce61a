"""Fifty people issue invoices at the same moment, each form sent twice, some units of work failing at their end."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.invoices.draft import DraftContent
from services.invoices.drafting import AlreadyIssued, save_draft
from services.invoices.operations import issue_invoice
from services.invoices.tables import document_counter, invoice, invoice_draft
from services.money import Money
from tests.invoicing import AT, details, open_shop

PEOPLE = 50
FAILS = 0.35  # share of units of work whose power goes out before they commit


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: attempts and failures, numbers missing or given twice, forms with two invoices, drafts left."""

    attempts: int
    failed: int
    issued: int
    gaps: int
    twice: int
    drafts: int
    surprises: tuple[str, ...]
    red: tuple[str, ...]


class PowerWentOut(Exception):
    """What a failing unit of work ends with."""


def storm(database: Database, *, turns: int) -> Told:
    """Let every person issue that many invoices; two people share each form, and keep it as a draft first."""
    shop = open_shop(database)
    buyers = [shop["AU"], shop["US"], shop["FR"]]
    failed, surprises, ready = [], [], threading.Barrier(PEOPLE)

    def person(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - chance, not secrecy
        ready.wait()
        for turn in range(turns):
            form = number // 2 * turns + turn
            buyer = buyers[form % len(buyers)]
            for act in (_save, _issue):
                try:
                    act(database, buyer, f"form-{form}", fails=chance.random() < FAILS)
                except (PowerWentOut, AlreadyIssued):
                    failed.append(number)
                except Exception as error:  # noqa: BLE001 - whatever else happens is told
                    surprises.append(repr(error))

    people = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return _told(database, 2 * PEOPLE * turns, len(failed), tuple(surprises))


def _save(database: Database, buyer, form: str, *, fails: bool) -> None:
    content = DraftContent(buyer.id, buyer.currency, "900", details(buyer.country))
    _unit(database, lambda tx: save_draft(tx, by=SYSTEM, nonce=form, content=content), fails=fails)


def _issue(database: Database, buyer, form: str, *, fails: bool) -> None:
    gross, given = Money.of("900", buyer.currency), details(buyer.country)
    _unit(
        database,
        lambda tx: issue_invoice(tx, by=SYSTEM, nonce=form, customer_id=buyer.id, gross=gross, details=given),
        fails=fails,
    )


def _unit(database: Database, act: Callable[..., object], *, fails: bool) -> None:
    def work(tx) -> None:
        act(tx)
        if fails:
            raise PowerWentOut

    database.act(work, at=AT)


def _told(database: Database, attempts: int, failed: int, surprises: tuple[str, ...]) -> Told:
    with database.read() as conn:
        rows = conn.execute(select(invoice.c.serial_no, invoice.c.reference, invoice.c.nonce)).all()
        counted = {row.series: row.last_no for row in conn.execute(select(document_counter))}
        drafts = conn.execute(
            select(func.count()).where(invoice_draft.c.nonce.in_(select(invoice.c.nonce)))
        ).scalar_one()
        red = tuple(one.check for one in integrity.run(conn) if not one.ok)
    numbers = {row.serial_no for row in rows}
    last = max(counted.get("INV-2026", 0), counted.get("REFERENCE", 0), *numbers, 0)
    return Told(
        attempts=attempts,
        failed=failed,
        issued=len(rows),
        gaps=last - len(numbers),
        twice=sum(len(rows) - len({row[place] for row in rows}) for place in range(3)),
        drafts=drafts,
        surprises=surprises,
        red=red,
    )

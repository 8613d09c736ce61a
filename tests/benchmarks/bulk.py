"""What a thousand papers cost: zipped as the list of invoices does it, and given new details, beside drawing one.

Both are told as times the processor time of drawing a paper (with the PDF/A step), measured in the same run; a change
draws each paper twice, as the copy it replaces and as the new one. Fails above the times in `AT_MOST`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from services.access.model import SYSTEM
from services.db.engine import Database
from services.invoices.pdf import invoice_pdf
from services.invoices.presentation import DetailsChange
from services.invoices.presenting import change_details, draw_change
from services.invoices.queries import document
from services.invoices.queries.versions import reached
from services.reporting.bundle import zipped
from services.wiring.schema import upgrade
from tests.conftest import SYDNEY
from tests.invoicing import AT, details, issue, open_shop

AT_MOST = {"zipped": 1.5, "drawn anew": 2.5, "kept in one transaction": 0.5}
SAMPLE = 40


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The processor time and the time on the clock of a piece of work."""
    began, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began, time.perf_counter() - clock


def main() -> int:
    """Issue the invoices, measure, print a table; 1 where one costs more than it may."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--papers", type=int, default=1_000)
    papers = asked.parse_args().papers
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'books.sqlite'}", timezone=SYDNEY)
        upgrade(database)
        return measured(database, papers)


def measured(database: Database, papers: int) -> int:
    """The table for that many invoices of one customer."""
    buyer = open_shop(database)["AU"]
    made = [
        issue(database, buyer, f"{200 + number}.00", nonce=f"bulk {number}", at=AT + timedelta(seconds=number)).id
        for number in range(papers)
    ]

    def draw_some() -> None:
        for number in made[:SAMPLE]:
            with database.read() as conn:
                paper = document(conn, number)
            invoice_pdf(paper)

    draw_some()
    one = seconds(draw_some)[0] / min(SAMPLE, papers)
    told: list[tuple[int, int]] = []
    tell: Callable[[int, int, str], None] = lambda done, total, _: told.append((done, total))  # noqa: E731
    took = {"zipped": seconds(lambda: zipped(database, made, index=b"", tell=tell))}
    wanted = details("AU", company_name="Wattle, Daughters & Sons Pty Ltd")
    with database.read() as conn:
        reach = [each.paper for each in reached(conn, customer_id=buyer.id, details=wanted)]
    assert len(reach) == papers
    changes: list[DetailsChange] = []

    def draw() -> None:
        with database.read() as conn:
            changes.append(
                draw_change(
                    conn, customer_id=buyer.id, details=wanted, expected_version=0, papers=reach, on=AT.date(),
                    progress=tell,
                )
            )  # fmt: skip

    took["drawn anew"] = seconds(draw)
    later = AT + timedelta(hours=1)
    took["kept in one transaction"] = seconds(
        lambda: database.act(
            lambda tx: change_details(tx, by=SYSTEM, change=changes[0], reason="Measured", progress=tell), at=later
        )
    )
    assert (papers, papers) in told
    assert len(told) > papers // 10
    print(f"| {papers:,} papers | processor, s | clock, s | ms a paper | times one drawing |\n|---|---|---|---|---|")
    for name, (processor, clock) in took.items():
        each = 1000 * processor / papers
        print(f"| {name} | {processor:.1f} | {clock:.1f} | {each:.1f} | {processor / papers / one:.2f} |")
    return int(any(processor / papers / one > AT_MOST[name] for name, (processor, _) in took.items()))


if __name__ == "__main__":
    raise SystemExit(main())

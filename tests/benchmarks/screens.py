"""Each screen's script run over the floor of an empty page, in two companies, interleaved so that noise is shared."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import text

from pages._ui.menu import ENTRIES, Entry
from services.access import operations as access
from services.access.model import Role
from services.db.engine import Database
from tests.benchmarks.servers import Server, server
from tests.benchmarks.wire import Run, Tab

ROUNDS = 15
SESSIONS = 20
VIEWS = {
    "usage": (
        *("usage_view=Days", "usage_view=Countries", "usage_view=Sub-accounts", "usage_view=Messages"),
        *("usage_view=Messages&usage_messages_page=2000", "usage_view=Posted+rows", "usage_view=Imports"),
        "period=Last+12+months",
    ),
    "numbers": (
        *("numbers_view=Idle", "numbers_view=Cancellations", "numbers_view=Unpaid+rental"),
        "numbers_view=Negative+on+the+1st",
    ),
    "fees": ("fees_view=Hidden+from+customers",),
    "transactions": ("period=Last+12+months",),
    "invoices": ("invoices_view=Credit+notes&period=Last+12+months", "invoices_overdue=true"),
    "cards": ("cards_view=Charges",),
    "postpaid": ("postpaid_view=Commitments",),
    "dunning": ("dunning_currency=AUD",),
    "aged-receivables": ("aged_overdue=true",),
    "bank-receipts": (
        *("receipts_view=Other+lines", "receipts_view=Matched&period=Last+12+months", "receipts_view=Sorted"),
        *("receipts_view=Calendar", "receipts_view=Statements", "receipts_view=Rules", "receipts_view=Mappings"),
        *("receipts_view=Ageing", "receipts_view=Automatic&period=Last+12+months", "receipts_view=Ahead"),
        *("receipts_view=Paid+short&short_standing=All", "receipts_view=On+hold", "receipts_view=Payers"),
    ),
}


@dataclass(frozen=True)
class Company:
    """A built company: what it is called in the table, and where its books are."""

    name: str
    url: str
    database: Database


def query_of(entry: Entry, database: Database) -> str:
    """The filters that open a record's own screen: the customer with the most postings, the newest invoice."""
    questions = {
        "customer": "SELECT customer_id FROM account JOIN posting ON posting.account_id = account.id "
        "WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
        "invoice": "SELECT MAX(id) FROM invoice",
    }
    if entry.url_path not in questions:
        return ""
    with database.read() as conn:
        return f"id={conn.execute(text(questions[entry.url_path])).scalar_one()}"


def role_for(entry: Entry) -> Role:
    """Who is measured: accounting, or an administrator where accounting may not go."""
    return Role.ACCOUNTING if Role.ACCOUNTING in entry.permission.roles else Role.ADMIN


def token_for(database: Database, role: Role = Role.ACCOUNTING) -> str:
    """A session of a demo person of that role."""
    with database.write() as tx:
        found = text("SELECT id FROM person WHERE role = :role ORDER BY id LIMIT 1")
        person_id = tx.conn.execute(found, {"role": role.value}).scalar_one()
        tx.conn.execute(text("UPDATE person SET must_change_password = 0 WHERE id = :id"), {"id": person_id})
        return access.open_session(tx, person_id=person_id, ip="127.0.0.1")


def measure(
    companies: list[Company], folder: Path, only: str | None = None
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of the table of screens (milliseconds over the floor, ratio, kB) and of the table of memory.

    `only` names one screen by its address.
    """
    entries = [one for one in ENTRIES if Path(one.path).exists() and only in {None, one.url_path}]
    with ExitStack() as stack:
        floor = stack.enter_context(server("tests/benchmarks/floor_app.py", folder / "floor.log"))
        sites = [stack.enter_context(server("app.py", folder / f"{c.name}.log", c.url)) for c in companies]
        # memory first: later the server would fill what the screens' sessions gave back
        memory = [_memory(c, site) for c, site in zip(companies, sites, strict=True)] if only is None else []
        rows: list[tuple[object, ...]] = []
        for entry in entries:
            for view in ("", *VIEWS.get(entry.url_path, ())):
                rows += _screen(entry, view, companies, sites, floor)
    return rows, memory


def _screen(
    entry: Entry, view: str, companies: list[Company], sites: list[Server], floor: Server
) -> list[tuple[object, ...]]:
    """One row a company for one view of a screen."""
    with ExitStack() as stack:
        tokens = [token_for(company.database, role_for(entry)) for company in companies]
        empty = stack.enter_context(Tab(floor.address))
        tabs = [stack.enter_context(Tab(s.address, token)) for s, token in zip(sites, tokens, strict=True)]
        queries = ["&".join(filter(None, (query_of(entry, company.database), view))) for company in companies]
        lows: list[float] = []
        runs: list[list[Run]] = [[] for _ in tabs]
        for turn in range(ROUNDS + 2):  # the first two fill caches
            low = empty.run()
            now = [tab.run(entry.url_path, query) for tab, query in zip(tabs, queries, strict=True)]
            if turn > 1:
                lows.append(low.ms)
                for kept, run in zip(runs, now, strict=True):
                    kept.append(run)
    title = f"{entry.title}, {view}" if view else entry.title
    return [_row(title, company, lows, kept) for company, kept in zip(companies, runs, strict=True)]


def _row(title: str, company: Company, lows: list[float], runs: list[Run]) -> tuple[object, ...]:
    low, high = median(lows), median(run.ms for run in runs)
    mark = "failed" if any(run.failed for run in runs) else ""
    kilobytes = median(run.size for run in runs) / 1000
    return title, company.name, f"{high:.1f}", f"{high - low:.1f}", f"{high / low:.1f}", f"{kilobytes:.0f}", mark


def _memory(company: Company, site: Server) -> tuple[object, ...]:
    token = token_for(company.database)
    with ExitStack() as stack:
        for _ in range(3):
            _visit(stack.enter_context(Tab(site.address, token)))
        before = _held(site.pid)
        for _ in range(SESSIONS):
            _visit(stack.enter_context(Tab(site.address, token)))
        grown = (_held(site.pid) - before) / SESSIONS / 2**20
    return company.name, SESSIONS, f"{before / 2**20:.0f}", f"{grown:.2f}"


def _held(pid: int) -> int:
    """Bytes the process holds of its own, in memory or swapped out: a kernel that reclaims idle pages hides some."""
    kept = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return sum(int(kept[name].split()[0]) * 1024 for name in ("RssAnon", "VmSwap"))


def _visit(tab: Tab) -> None:
    for screen in ("", "usage", "transactions"):
        tab.run(screen)

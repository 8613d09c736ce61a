"""The lines of an invoice in arrears: each product's largest sub-accounts, the account itself, and nothing lost."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.access.model import SYSTEM
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.model import Invoice, InvoiceLine
from services.invoices.tables import invoice
from services.jobs.running import run_due
from services.money import Money
from services.postpaid.tables import commitment
from services.usage.operations import import_usage
from tests.committed import AT, MONTH, MONTHLY, committed

HEADER = "external_id,customer,sub_account,product,direction,sent_at,country,quantity,parts,unit_price,price,currency"
NAMES = ("shop", "crm", "app", "web", "desk", "club", "alarm", "")  # dearest first; "" is the account itself
DAYS = (date(2026, 10, 10), date(2026, 10, 20), date(2026, 10, 21))


def file(who: str) -> bytes:
    """On each day one SMS of each sub-account, dearest first, and one MMS of the shop."""
    rows = [HEADER]
    for day in DAYS:
        said = [(name, "sms", f"{80 - 10 * place}") for place, name in enumerate(NAMES)] + [("shop", "mms", "5")]
        for place, (name, product, price) in enumerate(said):
            sent = f"{day}T12:00:00+11:00"
            rows.append(f"{who}{day}{place},{who},{name},{product},out,{sent},AU,1,1,{price},{price},AUD")
    return "\n".join(rows).encode()


def billed(database: Database) -> list[tuple[Invoice, list[InvoiceLine]]]:
    """October of two commitments: one of the whole month, one that began on its 17th."""
    committed(database, 10)
    with database.read() as conn:
        owners = list(conn.execute(select(commitment.c.customer_id).order_by(commitment.c.id)).scalars())
    ours = (owners[0], owners[-1])
    for number in ours:
        who = f"Customer {number}"
        given = {"name": f"{number}.csv", "file": file(who)}
        database.act(lambda tx, given=given: import_usage(tx, by=SYSTEM, **given), at=AT)
    list(run_due(database, by=SYSTEM, jobs=[MONTHLY], on=MONTH, at=AT))
    with database.read() as conn:
        of = select(invoice.c.id).where(invoice.c.kind == "arrears")
        ids = [conn.execute(of.where(invoice.c.customer_id == number)).scalar_one() for number in ours]
        made = [invoices.invoice(conn, each) for each in ids]
        return [(each, invoices.lines_of(conn, each)) for each in made]


def test_six_sub_accounts_a_product_have_a_line_and_the_rest_is_the_accounts_own(database: Database) -> None:
    (whole, lines), (part, fewer) = billed(database)
    for made, found, days in ((whole, lines, 3), (part, fewer, 2)):  # what was sent on the 10th came before the 17th
        sms = [line for line in found if line.label == "SMS"]
        assert [line.detail for line in sms] == [*NAMES[:6], ""]
        assert [line.quantity for line in sms[:6]] == [days] * 6
        assert [line.net for line in sms[:6]] == [Money.of(str(days * (80 - 10 * n)), "AUD") for n in range(6)]
        assert [(line.detail, line.net) for line in found if line.label == "MMS"] == [
            ("shop", Money.of(str(days * 5), "AUD"))
        ]
        assert sum((line.net for line in found), Money(0, "AUD")) == made.net

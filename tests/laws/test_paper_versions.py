"""The law of changed papers: whatever the chain of changes, money and number stay, and every copy given out is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.db.engine import Database
from services.errors import Refused
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.invoices.presentation import Paper, PaperKind
from services.invoices.presenting import file_of
from services.invoices.queries.versions import copy_of, paper_document, versions_of
from tests.invoicing import AT, details, issue, open_shop
from tests.services.invoices.changing import drawn, keep

WORDS = st.text(st.sampled_from("Abc déß&<>’-"), min_size=3, max_size=30)
IDS = st.sampled_from(["", "51 824 753 556", "ABN 51824753556", "824 753 556", "83 914 571 673"])
_serial = count(1)


@dataclass(frozen=True)
class Step:
    """One change somebody asks for, some days after the one before."""

    company_name: str
    address: str
    business_id: str
    language: str
    po_number: str
    days: int

    def wanted(self) -> InvoiceDetails:
        """The details asked for, tidied as the operation tidies them."""
        given_ = {"company_name": self.company_name, "address": self.address, "business_id": self.business_id}
        return details("AU", **given_, language=self.language).tidied()


STEPS = st.lists(
    st.builds(
        Step, WORDS, WORDS.map(lambda line: f"{line}\nPerth WA 6000"), IDS, st.sampled_from(["en", "fr"]),
        st.sampled_from(["", "PO 1", "PO 2"]), st.integers(0, 3),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def _customer(database: Database) -> Customer:
    """The Australian customer of the one shop that all examples share."""
    with database.read() as conn:
        if names := customers.page(conn, country="AU").rows["id"].tolist():
            return customers.customer(conn, int(names[0]))
    return open_shop(database)["AU"]


def core(invoice: Invoice) -> Invoice:
    """The invoice without what a version may show differently."""
    return replace(invoice, details=details("AU"), language="en", po_number="", version=1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_chain_of_changes_never_touches_money_and_keeps_every_copy(
    sqlite_database: Database, steps: list[Step]
) -> None:
    customer = _customer(sqlite_database)
    issued = issue(sqlite_database, customer, "220.03", nonce=f"law-{next(_serial)}")
    paper, at, versions = Paper(PaperKind.INVOICE, issued.id), AT, 1
    for step in steps:
        at += timedelta(days=step.days)
        wanted = step.wanted()
        try:
            change = drawn(
                sqlite_database, customer, wanted, papers=[paper], at=at, po_number=step.po_number, for_customer=False
            )
        except Refused:  # it shows just that already, or another legal entity
            continue
        keep(sqlite_database, change, at=at)
        versions += 1
        with sqlite_database.read() as conn:
            now = invoices.invoice(conn, issued.id)
            assert (now.details, now.po_number, now.version) == (wanted, step.po_number, versions)
            assert core(now) == core(issued)
    with sqlite_database.read() as conn:
        kept = versions_of(conn, paper)
        assert [each.version for each in kept] == (list(range(1, versions + 1)) if versions > 1 else [])
        for each in kept:
            content = copy_of(conn, each.sha256)
            assert hashlib.sha256(content).hexdigest() == each.sha256
            assert file_of(paper_document(conn, paper, each.version)) == content

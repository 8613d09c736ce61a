"""The law of the GST basis: on receipt the same GST stands in two accounts, always parted by what was paid."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.company.model import GstBasis
from services.customers.operations import change_invoice_details, create_customer
from services.db.engine import Database
from services.errors import Refused
from services.integrity import queries as integrity
from services.invoices import ending
from services.invoices.arrears import issue_arrears
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.model import InvoiceLine
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money, minor_unit
from services.payments.operations import undo_allocation
from services.payments.short.absorbing import request_absorbing
from services.payments.short.operations import undo_short
from services.periods import month_of
from services.wiring.approvals import ACTS
from tests.conftest import NO_POSTGRES, SYDNEY, _admin, missing
from tests.invoicing import AT, details, issue, open_shop
from tests.people import person
from tests.receiving import receive

LATER = AT + timedelta(days=31)
CHECKS = ("receivables", "gst_payable", "gst_not_due", "credit_awaited", "owed_back", "allocations", "entries_balance")
VERBS = ["issue", "owe", "pay", "undo", "absorb", "unabsorb", "void", "expire", "reinstate", "credit", "write off"]
MOVES = st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(1, 10))


class Books:
    """A company and what was done in it: the same moves give the same ids, whatever its basis."""

    def __init__(self, database: Database, basis: GstBasis) -> None:
        """Two people, a customer at home and one in Australia billed in US dollars."""
        self.database = database
        shop = open_shop(database, gst_basis=basis)
        self.ada, self.max = person(database, "Ada", Role.ACCOUNTING), person(database, "Max", Role.MANAGER)
        there = {"username": "abroad", "name": "Abroad", "email": "a@abroad.example", "country": "AU"}
        self.buyers = [shop["AU"], self.act(create_customer, by=SYSTEM, **there, currency="USD")]
        for each in self.buyers:
            self.act(change_invoice_details, by=SYSTEM, customer_id=each.id, details=details(), reason="first")
        self.serial = count()
        self.begin()

    def begin(self) -> None:
        """Forget what earlier examples did; it stays in the books."""
        self.invoices, self.given, self.borne = [], [], []

    def act(self, operation, **asked):
        """One operation, at the moment of all."""
        return self.database.act(lambda tx: operation(tx, **asked), at=AT)

    def move(self, verb: str, which: int, tenths: int) -> str:
        """Make a move, or say why it is refused."""
        try:
            if verb in {"issue", "owe"} or not self.invoices:
                self.invoices.append(self._issued(verb, which, tenths).id)
            else:
                getattr(self, "_" + verb.replace(" ", "_"))(self.invoice(which), tenths)
        except Refused as error:
            return type(error).__name__
        return ""

    def invoice(self, which: int):
        """One of this example's invoices as it stands."""
        with self.database.read() as conn:
            return invoice_by_id(conn, self.invoices[which % len(self.invoices)])

    def _issued(self, verb, which, tenths):
        buyer, nonce = self.buyers[which % 2], f"law-{next(self.serial)}"
        if verb != "owe":
            return issue(self.database, buyer, f"{300 + 7 * tenths}.{which}{tenths % 10}", nonce=nonce)
        net = Money((100 + tenths * 7) * minor_unit(buyer.currency) * 37, buyer.currency)
        days = {"used": month_of(LATER.date()), "due_on": LATER.date()}
        asked = {"lines": [InvoiceLine("SMS", "", 1, net)], "memo": "use", "send": False} | days
        return self.act(issue_arrears, by=SYSTEM, nonce=nonce, customer_id=buyer.id, **asked)

    def part(self, whole: Money, tenths: int) -> Money:
        """So many tenths, in whole coins."""
        coin = minor_unit(whole.currency)
        return Money(whole.micros * tenths // (10 * coin) * coin, whole.currency)

    def _pay(self, found, tenths):
        if part := self.part(found.open, tenths):
            made = receive(self.database, found, part.plain(), key=f"law-{next(self.serial)}")
            self.given.append(made.id)

    def _undo(self, _found, tenths):
        if self.given:
            chosen = self.given.pop(tenths % len(self.given))
            try:
                self.act(undo_allocation, by=SYSTEM, allocation_id=chosen, reason="a law")
            except Refused:
                self.given.append(chosen)
                raise

    def _absorb(self, found, _tenths):
        asked = {"nonce": f"law-{next(self.serial)}", "invoice_id": found.id, "reason": "a law"}
        waiting = self.act(request_absorbing, by=self.ada, **asked)
        self.borne.append(self.act(approvals.approve, by=self.max, approval_id=waiting, acts=ACTS).id)

    def _unabsorb(self, _found, _tenths):
        if self.borne:
            self.act(undo_short, by=self.ada, decision_id=self.borne.pop(), reason="a law")

    def _void(self, found, _tenths):
        self.act(ending.void_invoice, by=SYSTEM, invoice_id=found.id, reason="a law")

    def _expire(self, found, _tenths):
        self.database.act(lambda tx: ending.expire_invoices(tx, by=SYSTEM, invoice_ids=[found.id]), at=LATER)

    def _reinstate(self, found, _tenths):
        self.act(ending.reinstate_invoice, by=SYSTEM, invoice_id=found.id, reason="a law")

    def _credit(self, found, tenths):
        cause = Cause.SHORT_PAYMENT if tenths % 2 else Cause.PRICE
        asked = {"nonce": f"law-{next(self.serial)}", "gross": self.part(found.gross, tenths // 2 + 1), "cause": cause}
        self.act(credit_invoice, by=SYSTEM, invoice_id=found.id, reason="a law", **asked)

    def _write_off(self, found, _tenths):
        payload = {"invoice_id": found.id, "open_micros": found.open.micros, "reason": "a law"}
        self.act(ending.write_off, by=SYSTEM, payload=payload)

    def accounts(self) -> dict[str, tuple[int, int]]:
        """Every account that is not nothing, in its currency and in AUD, while the books hold."""
        with self.database.read() as conn:
            assert [each.detail for each in integrity.run(conn, names=CHECKS) if not each.ok] == []
            rows = trial_balance(conn)
        return {
            account: (int(micros), int(base))
            for account, micros, base in zip(
                rows["account"], rows["balance_micros"], rows["base_balance_micros"], strict=True
            )
            if micros or base
        }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request, sqlite_template, postgres_server, postgres_template, tmp_path_factory):
    """A company on each basis: accrual always on SQLite, cash on each database."""
    folder = tmp_path_factory.mktemp("basis")
    paths = [folder / f"{each}.sqlite" for each in GstBasis]
    for path in paths:
        shutil.copy(sqlite_template, path)
    accrual, cash = (Database(f"sqlite:///{path}", timezone=SYDNEY) for path in paths)
    if request.param == "postgresql":
        cash.close()
        if postgres_server is None:
            missing(NO_POSTGRES)
        _admin(postgres_server, f"CREATE DATABASE {postgres_template}_basis TEMPLATE {postgres_template}")
        cash = Database(f"{postgres_server}/{postgres_template}_basis", timezone=SYDNEY)
    yield Books(accrual, GstBasis.ACCRUAL), Books(cash, GstBasis.CASH)
    accrual.close()
    cash.close()
    if request.param == "postgresql":
        _admin(postgres_server, f"DROP DATABASE {postgres_template}_basis WITH (FORCE)")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, min_size=4, max_size=14))
def test_on_receipt_the_same_gst_is_parted_by_what_was_paid(both, moves):
    accrual, cash = both
    for books in both:
        books.begin()
    before = _not_due(cash)
    for move in [("issue", 0, 3), *moves]:
        assert accrual.move(*move) == cash.move(*move)
        _same_but_for_gst(accrual.accounts(), cash.accounts())
        assert _not_due(cash) == {code: before.get(code, 0) + open_tax for code, open_tax in _open_tax(cash).items()}
    for which in range(len(cash.invoices)):
        for books in both:
            books.move("pay", which, 10)
    assert _not_due(cash) == before
    _same_but_for_gst(accrual.accounts(), cash.accounts())


def _same_but_for_gst(accrual, cash):
    """Nothing else differs in any account; in AUD nor in its worth."""
    for code in ("AUD", "USD"):
        parted = [key for key in cash if key.startswith("liabilities:gst_") and f":{code}" in key]
        payable = f"liabilities:gst_payable:{code}"
        assert sum(cash[key][0] for key in parted) == accrual.get(payable, (0, 0))[0]
    rest = [{key: value for key, value in books.items() if ":gst_" not in key} for books in (accrual, cash)]
    for books in rest:
        books.pop("income:fx_gain:USD", None)  # GST abroad is worth its receipt's day, so the difference is another
    assert rest[0] == rest[1]


def _not_due(books):
    found = {"AUD": 0, "USD": 0}
    for account, (micros, base) in books.accounts().items():
        if account.startswith("liabilities:gst_not_due"):
            found[account.split(":")[2]] -= micros
            assert micros, f"{base} AUD strand in {account}"
    return found


def _open_tax(books):
    """The tax in what the invoices of this example still ask for: of each the tax less what its parts took of it."""
    found = {"AUD": 0, "USD": 0}
    for which in range(len(books.invoices)):
        each = books.invoice(which)
        if each.open:
            found[each.currency] += (each.open - (each.net - each.cleared_net)).micros
    return found

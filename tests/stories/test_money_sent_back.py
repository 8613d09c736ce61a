"""Money sent to us by mistake goes back, as an accountant would check it: what is owed, who agreed, what left."""

from __future__ import annotations

import pytest

from services.access import approvals
from services.access.model import Role
from services.access.queries import approvals as requests
from services.integrity import queries as integrity
from services.ledger.model import Purpose
from services.ledger.queries import trial_balance
from services.payments.refunds import queries
from services.payments.refunds.model import RefundState, expected
from services.payments.refunds.operations import match_refund, refund_receipt
from services.wiring.approvals import ACTS
from tests.bank_books import balance
from tests.invoicing import AT, open_shop
from tests.people import person
from tests.receiving import arrive, leave, line

CHECKS = ("receipts_to_pay_back", "receipts_unallocated", "payments_in_suspense", "allocations", "bank_is_statement")
THEIRS = "BSB 033-000, 12 3456"


@pytest.fixture
def people(database):
    open_shop(database)
    return person(database, "Ada", Role.ACCOUNTING), person(database, "Max", Role.MANAGER)


def test_a_payment_meant_for_another_company_goes_back_whole(database, people):
    ada, max_ = people
    # 2,750.00 AUD arrive from a company nobody sells to; Ada asks them, and they want their money back.
    [receipt] = arrive(database, line("2750.00", payer="Quoll Freight Pty Ltd", account=THEIRS, text="inv 88120"))
    asked = {"nonce": "sent-back", "line_id": receipt.id, "reason": "Meant for Harbour Freight; e-mail of today."}
    assert database.act(lambda tx: refund_receipt(tx, by=ada, **asked), at=AT) is None
    # It is 500 AUD or more, so nothing moves before Max agrees, who reads to which account it would go.
    assert (balance(database, Purpose.UNALLOCATED), balance(database, Purpose.PAY_BACK)) == (-2750, 0)
    with database.read() as conn:
        [request] = requests(conn, waiting=True).rows.to_dict("records")
    assert request["summary"] == "Refund 2,750.00 AUD to Quoll Freight Pty Ltd"
    assert THEIRS in request["payload"]
    database.act(lambda tx: approvals.approve(tx, by=max_, approval_id=int(request["id"]), acts=ACTS), at=AT)
    # Now it is owed back, and waits for the bank.
    assert (balance(database, Purpose.UNALLOCATED), balance(database, Purpose.PAY_BACK)) == (0, -2750)
    with database.read() as conn:
        [owed] = queries.to_pay(conn)
    assert (owed.refunded_by, owed.approved_by, owed.pay_to) == ("Ada", "Max", THEIRS)
    # The next statement shows it leaving; the books know which refund it is, and one click ties it.
    out = leave(database, owed.amount, payer="QUOLL FREIGHT", account=THEIRS)
    assert balance(database, Purpose.SUSPENSE) == 2750
    assert expected(out, [owed]).reason == "the amount, and the account it came from"
    database.act(lambda tx: match_refund(tx, by=ada, line_id=out.id, refund_id=owed.id), at=AT)
    with database.read() as conn:
        assert queries.refund(conn, refund_id=owed.id).state is RefundState.PAID
        rows = trial_balance(conn)
        assert [found for found in integrity.run(conn, names=CHECKS) if not found.ok] == []
    # Nothing is left of it anywhere: no receipt, no suspense, no debt, and no credit was ever sold.
    assert [int(micros) for micros in rows["balance_micros"] if micros] == []

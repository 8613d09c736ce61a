"""Credit and tax when a customer begins to pay afterwards, and when that ends (decision 0039).

Where tax arises on use, what a prepaid customer holds includes tax that is not owed yet, and what it owes includes tax
that is. A monthly invoice adds tax to what it asks for, so what a customer who pays afterwards holds and owes is before
tax. On the day of the change the balance is told anew by one entry.
"""

from __future__ import annotations

from services.access.model import Principal
from services.company.model import TaxPoint
from services.company.queries import tax_point
from services.customers.model import BillingMode
from services.customers.queries import customer
from services.db.engine import Transaction
from services.ledger.accounts import ensure_accounts, lock_balances
from services.ledger.model import BASE_CURRENCY, Account, Purpose
from services.ledger.operations import post
from services.ledger.queries import promotional_credit
from services.ledger.redeeming import share_in
from services.money import Money, divide
from services.postpaid.accounting import tax_turned
from services.postpaid.model import Commitment
from services.postpaid.queries.consumption import asked_of
from services.pricing.queries import rate_on


def turn_tax(tx: Transaction, by: Principal, found: Commitment, mode: BillingMode) -> None:
    """Take the tax out of a customer's credit, or debt, where it pays afterwards from now on, else put it back in.

    What open invoices in arrears ask for is before tax and taxed already, and promotional credit was never paid for:
    both stay as they are. Does nothing where tax arises at the top-up or the customer is not taxed.
    """
    if tax_point(tx.conn) is TaxPoint.TOP_UP:
        return
    share = share_in(tx.conn, customer(tx.conn, found.customer_id).country, tx.today)
    if share is None:
        return
    account = Account(Purpose.CREDIT, found.currency, found.customer_id)
    held = lock_balances(tx.conn, ensure_accounts(tx.conn, [account]))[account.code]  # use being posted comes first
    given = promotional_credit(tx.conn, found.customer_id, found.currency).micros
    paid = -held.balance - given + asked_of(tx.conn, ids=[found.id]).get(found.id, 0)
    top, bottom = share
    begins = mode is BillingMode.POSTPAID
    tax = divide(paid * top, bottom) if begins else -divide(paid * top, bottom - top)
    if not tax:
        return
    rate = None
    if found.currency != BASE_CURRENCY:
        rate = rate_on(tx.conn, found.currency, tx.today).aud_per_unit
    draft = tax_turned(
        commitment_id=found.id,
        customer_id=found.customer_id,
        tax=Money(tax, found.currency),
        rate=rate,
        on=tx.today,
        begins=begins,
    )
    post(tx, draft, by=by)

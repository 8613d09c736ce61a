"""The one register of acts that need a second person: the name in a request, who may approve it, and what then runs."""

from __future__ import annotations

from services.access.approvals import Act
from services.adjustments import operations as adjustments
from services.adjustments.model import APPROVE as APPROVE_ADJUSTMENT
from services.banking import holding
from services.banking.held import MISSING_DAYS_ACT
from services.banking.model import ACCEPT_MISSING
from services.company import operations as company
from services.company import registering
from services.company.model import CHANGE_BANK_ACCOUNT
from services.fees import deciding
from services.fees import operations as fees
from services.fees.model import APPROVE_FEES
from services.invoices import crediting, ending
from services.invoices.model import APPROVE_CREDIT_NOTE, APPROVE_WRITE_OFF
from services.ledger import period_lock
from services.ledger.model import APPROVE_REOPENING
from services.numbers import refunding
from services.numbers.model import APPROVE_RENTAL_REFUND
from services.payments.refunds import operations as refunds
from services.payments.refunds.model import APPROVE_REFUND, REFUND_ACT
from services.payments.short import absorbing
from services.payments.short.model import ABSORB_ACT, APPROVE_ABSORBING
from services.postpaid import changing
from services.postpaid import deciding as postpaid
from services.postpaid.model import DECIDE as DECIDE_POSTPAID
from services.provisional import operations as provisional
from services.provisional.model import APPROVE as APPROVE_PROVISIONAL

ACTS: dict[str, Act] = {
    company.BANK_ACCOUNT_CHANGE: Act(
        CHANGE_BANK_ACCOUNT,
        lambda tx, by, payload: company.apply_bank_account_change(tx, by=by, payload=payload),
    ),
    registering.NEW_ACCOUNT_ACT: Act(
        CHANGE_BANK_ACCOUNT,
        lambda tx, by, payload: registering.apply_bank_account(tx, by=by, payload=payload),
    ),
    MISSING_DAYS_ACT: Act(
        ACCEPT_MISSING,
        lambda tx, by, payload: holding.import_held(tx, by=by, payload=payload),
    ),
    provisional.PROVISIONAL_ACT: Act(
        APPROVE_PROVISIONAL,
        lambda tx, by, payload: provisional.give_provisional(tx, by=by, payload=payload),
    ),
    ABSORB_ACT: Act(
        APPROVE_ABSORBING,
        lambda tx, by, payload: absorbing.absorb(tx, by=by, payload=payload),
    ),
    REFUND_ACT: Act(
        APPROVE_REFUND,
        lambda tx, by, payload: refunds.apply_refund(tx, by=by, payload=payload),
    ),
    refunding.RENTAL_REFUND: Act(
        APPROVE_RENTAL_REFUND,
        lambda tx, by, payload: refunding.apply_rental_refund(tx, by=by, payload=payload),
    ),
    adjustments.POST_ADJUSTMENT: Act(
        APPROVE_ADJUSTMENT,
        lambda tx, by, payload: adjustments.post_adjustment(tx, by=by, adjustment_id=int(payload["adjustment_id"])),
    ),
    period_lock.REOPEN_PERIOD: Act(
        APPROVE_REOPENING,
        lambda tx, by, payload: period_lock.reopen_period(tx, by=by, period=int(payload["period"])),
    ),
    deciding.SET_FEE: Act(APPROVE_FEES, lambda tx, by, payload: fees.approve_fee(tx, by=by, payload=payload)),
    deciding.CHANGE_FEE: Act(APPROVE_FEES, lambda tx, by, payload: fees.approve_change(tx, by=by, payload=payload)),
    deciding.REVERSE_FEE: Act(APPROVE_FEES, lambda tx, by, payload: fees.approve_reversal(tx, by=by, payload=payload)),
    crediting.CREDIT_NOTE_ACT: Act(
        APPROVE_CREDIT_NOTE,
        lambda tx, by, payload: crediting.issue_approved(tx, by=by, payload=payload),
    ),
    postpaid.DECIDE_ACT: Act(
        DECIDE_POSTPAID,
        lambda tx, by, payload: postpaid.apply_decision(tx, by=by, payload=payload),
    ),
    changing.CHANGE_ACT: Act(
        DECIDE_POSTPAID,
        lambda tx, by, payload: changing.apply_change(tx, by=by, payload=payload),
    ),
    ending.WRITE_OFF_ACT: Act(
        APPROVE_WRITE_OFF,
        lambda tx, by, payload: ending.write_off(tx, by=by, payload=payload),
    ),
}

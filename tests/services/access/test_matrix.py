"""Role by operation: what each role may do, held against the operations as they are; nothing is allowed by accident."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import services
from services.access import approvals, people
from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.db.engine import Database
from services.errors import Forbidden
from services.wiring.approvals import ACTS

EVERYBODY = frozenset(Role)
ACCOUNTING, ADMIN = frozenset({Role.ACCOUNTING}), frozenset({Role.ADMIN})
APPROVERS = frozenset({Role.ACCOUNTING, Role.MANAGER})
TAKERS = frozenset({Role.ACCOUNTING, Role.SUPPORT})
STAFF = frozenset({Role.ACCOUNTING, Role.MANAGER, Role.SUPPORT})

# product.md, "The business rules" and "Decisions taken": who may do what. A new operation has to be entered here.
MAY = {
    "access.approvals.approve": EVERYBODY,  # and what the act itself asks for: see below
    "access.approvals.decline": EVERYBODY,
    "access.approvals.request_approval": EVERYBODY,
    "access.approvals.withdraw": EVERYBODY,
    "access.operations.change_password": EVERYBODY,
    "access.operations.end_sessions": ADMIN,
    "access.people.change_role": ADMIN,
    "access.people.create_person": ADMIN,
    "access.people.deactivate": ADMIN,
    "access.people.reactivate": ADMIN,
    "access.people.reset_password": ADMIN,
    "adjustments.expiring.expire_promotions": ACCOUNTING,
    "adjustments.operations.correct_credit": ACCOUNTING,
    "adjustments.operations.give_goodwill": frozenset({Role.ACCOUNTING, Role.SUPPORT}),
    "adjustments.operations.grant_promotion": ACCOUNTING,
    "adjustments.operations.post_adjustment": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "adjustments.operations.refund_undelivered": frozenset({Role.ACCOUNTING, Role.SUPPORT}),
    "adjustments.undoing.undo_adjustment": ACCOUNTING,
    "banking.holding.hold_statement": ACCOUNTING,
    "banking.holding.import_held": APPROVERS,
    "banking.mapped.forget_mapping": ACCOUNTING,
    "banking.mapped.remember_mapping": ACCOUNTING,
    "banking.operations.import_statement": ACCOUNTING,
    "banking.sorting.operations.sort_by_rules": ACCOUNTING,
    "banking.sorting.operations.sort_line": ACCOUNTING,
    "banking.sorting.operations.undo_sorting": ACCOUNTING,
    "banking.sorting.ruling.make_rule": ACCOUNTING,
    "banking.sorting.ruling.set_automatic": ACCOUNTING,
    "banking.sorting.ruling.switch_off": ACCOUNTING,
    "banking.undoing.undo_import": ACCOUNTING,
    "cards.charging.take_charge": ACCOUNTING,
    "cards.fees.take_fee": ACCOUNTING,
    "cards.returns.take_dispute": ACCOUNTING,
    "cards.returns.take_refund": ACCOUNTING,
    "cards.importing.import_card_payments": ACCOUNTING,
    "cards.keeping.keep_card": ACCOUNTING,
    "cards.linking.link_by_hand": ACCOUNTING,
    "cards.owners.link_customer": ACCOUNTING,
    "company.operations.change_rental_grace": frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
    "company.operations.apply_bank_account_change": frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
    "company.operations.request_bank_account_change": frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
    "company.logo.change_logo": ADMIN,
    "company.logo.remove_logo": ADMIN,
    "company.operations.set_up": ADMIN,
    "company.registering.apply_bank_account": frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
    "company.registering.request_bank_account": frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}),
    "customers.operations.add_note": STAFF,
    "customers.operations.change_country": APPROVERS,
    "customers.operations.change_invoice_details": STAFF,
    "customers.operations.create_customer": STAFF,
    "dunning.operations.choose_days": frozenset({Role.ACCOUNTING, Role.ADMIN}),
    "dunning.operations.lift_stop": APPROVERS,
    "dunning.operations.pause_reminders": APPROVERS,
    "dunning.operations.promise_to_pay": TAKERS,
    "dunning.operations.resume_reminders": APPROVERS,
    "dunning.operations.withdraw_promise": TAKERS,
    "dunning.reminding.remind_due": ACCOUNTING,
    "fees.changing.approve_change": APPROVERS,
    "fees.changing.change_fee": ACCOUNTING,
    "fees.charging.charge_fees": ACCOUNTING,
    "fees.operations.approve_fee": APPROVERS,
    "fees.operations.end_fee": ACCOUNTING,
    "fees.operations.set_fee": ACCOUNTING,
    "fees.reversing.approve_reversal": APPROVERS,
    "fees.reversing.reverse_charge": ACCOUNTING,
    "invoices.by_card.issue_paid_by_card": ACCOUNTING,
    "invoices.given_back.credit_given_back": ACCOUNTING,
    "invoices.crediting.credit_invoice": ACCOUNTING,
    "invoices.crediting.issue_approved": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "invoices.drafting.delete_draft": ACCOUNTING,
    "invoices.drafting.save_draft": ACCOUNTING,
    "invoices.ending.expire_invoices": ACCOUNTING,
    "invoices.sending.send_many": ACCOUNTING,
    "invoices.ending.reinstate_invoice": ACCOUNTING,
    "invoices.ending.request_write_off": ACCOUNTING,
    "invoices.ending.void_invoice": ACCOUNTING,
    "invoices.ending.write_off": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "invoices.mailing.ask_for_rest": ACCOUNTING,
    "invoices.mailing.remind": ACCOUNTING,
    "invoices.mailing.send_again": ACCOUNTING,
    "invoices.mailing.send_invoice": ACCOUNTING,
    "invoices.operations.issue_invoice": ACCOUNTING,
    "invoices.presenting.change_details": STAFF,
    "jobs.operations.hold": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "jobs.operations.release": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "jobs.operations.set_cap": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "ledger.period_lock.close_period": ACCOUNTING,
    "ledger.period_lock.reopen_period": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "ledger.period_lock.request_reopening": ACCOUNTING,
    "mail.operations.cancel": ACCOUNTING,
    "mail.operations.choose_receipts": APPROVERS,
    "mail.operations.lift_mark": ACCOUNTING,
    "mail.operations.record_bounce": ACCOUNTING,
    "mail.operations.resend": ACCOUNTING,
    "mail.operations.settle_uncertain": ACCOUNTING,
    "mail.operations.try_now": ACCOUNTING,
    "numbers.cancelling.cancel_number": ACCOUNTING,
    "numbers.cancelling.keep_number": ACCOUNTING,
    "numbers.cancelling.record_cancellation": ACCOUNTING,
    "numbers.cancelling.release_number": ACCOUNTING,
    "numbers.cancelling.release_unpaid": ACCOUNTING,
    "numbers.cancelling.warn_customer": ACCOUNTING,
    "numbers.operations.add_number": ACCOUNTING,
    "numbers.operations.change_price": ACCOUNTING,
    "numbers.operations.change_registration": ACCOUNTING,
    "numbers.charging.charge_rental": ACCOUNTING,
    "numbers.refunding.apply_rental_refund": frozenset({Role.ACCOUNTING, Role.MANAGER}),
    "numbers.refunding.refund_after_end": ACCOUNTING,
    "payments.files.undo_file": ACCOUNTING,
    "payments.operations.allocate": ACCOUNTING,
    "payments.operations.undo_allocation": ACCOUNTING,
    "payments.payers.operations.forget_payer": ACCOUNTING,
    "payments.refunds.operations.apply_refund": APPROVERS,
    "payments.refunds.operations.match_refund": ACCOUNTING,
    "payments.refunds.operations.refund_receipt": ACCOUNTING,
    "payments.refunds.operations.undo_refund": ACCOUNTING,
    "payments.suspense.operations.hand_over": ACCOUNTING,
    "payments.suspense.operations.hold": ACCOUNTING,
    "payments.suspense.operations.take_out": ACCOUNTING,
    "reconciliation.splitting.split_receipt": ACCOUNTING,
    "payments.short.absorbing.absorb": APPROVERS,
    "payments.short.absorbing.request_absorbing": ACCOUNTING,
    "payments.short.operations.settle_short": ACCOUNTING,
    "payments.short.operations.undo_short": ACCOUNTING,
    "payments.short.operations.wait_for_rest": ACCOUNTING,
    "invoices.arrears.issue_arrears": ACCOUNTING,
    "postpaid.applying.answer_question": TAKERS,
    "postpaid.applying.ask_question": ACCOUNTING,
    "postpaid.applying.keep_file": TAKERS,  # evidence; a signed contract asks for more
    "postpaid.applying.open_application": TAKERS,
    "postpaid.applying.recommend": ACCOUNTING,
    "postpaid.applying.withdraw_application": TAKERS,
    "postpaid.billing.bill_months": ACCOUNTING,
    "postpaid.billing.turn_commitments": ACCOUNTING,
    "postpaid.deciding.apply_decision": frozenset({Role.MANAGER}),
    "postpaid.deciding.ask_for_more": frozenset({Role.MANAGER}),
    "postpaid.deciding.decide": frozenset({Role.MANAGER}),
    "postpaid.deciding.take_back_decision": frozenset({Role.MANAGER}),
    "postpaid.changing.apply_change": frozenset({Role.MANAGER}),
    "postpaid.changing.request_change": ACCOUNTING,
    "postpaid.holding.hold_bill": ACCOUNTING,
    "postpaid.holding.release_bill": ACCOUNTING,
    "postpaid.mailing.send_letter": ACCOUNTING,
    "postpaid.limits.lift_stop": frozenset({Role.MANAGER}),
    "postpaid.limits.watch_limits": ACCOUNTING,
    "postpaid.signing.leave_commitment": frozenset({Role.MANAGER}),
    "postpaid.signing.sign_commitment": ACCOUNTING,
    "pricing.operations.import_rates": frozenset({Role.ACCOUNTING, Role.ADMIN}),
    "pricing.operations.load_reference": ADMIN,
    "provisional.caps.change_caps": frozenset({Role.MANAGER, Role.ADMIN}),
    "provisional.operations.give_provisional": APPROVERS,
    "provisional.operations.request_provisional": ACCOUNTING,
    "provisional.settling.take_back_expired": ACCOUNTING,
    "reconciliation.operations.accept": ACCOUNTING,
    "reconciliation.operations.accept_all_automatic": ACCOUNTING,
    "reconciliation.operations.accept_ready": ACCOUNTING,
    "reconciliation.operations.undo": ACCOUNTING,
    "reporting.operations.record_export": EVERYBODY,
    "requests.operations.assign_request": TAKERS,
    "requests.operations.cancel_request": TAKERS,
    "requests.operations.change_request": TAKERS,
    "requests.operations.open_request": TAKERS,
    "requests.operations.reopen_request": TAKERS,
    "usage.importing.import_usage": ACCOUNTING,
    "usage.operations.reveal_recipient": STAFF,
    "usage.posting.post_usage_days": ACCOUNTING,
    "usage.undoing.undo_import": ACCOUNTING,
    "views.operations.delete_view": EVERYBODY,
    "views.operations.rename_view": EVERYBODY,
    "views.operations.save_view": EVERYBODY,
    "views.operations.share_view": frozenset({Role.ACCOUNTING, Role.MANAGER}),
}
# Steps of the operations above, and what stands before anybody is known.
STEPS = {
    "access.audit.record",
    "access.operations.answer",
    "access.operations.close_sessions",
    "access.operations.count_active_administrators",
    "access.operations.open_session",
    "access.operations.sign_in",
    "access.operations.sign_out",
    "access.operations.touch",
    "adjustments.posting.claim",
    "adjustments.posting.post_wanted",
    "adjustments.posting.refuse_spent",
    "banking.allocating.record_allocation",
    "banking.allocating.release_allocation",
    "banking.keeping.keep",
    "banking.opening.settle_opening",
    "banking.sorting.operations.sort_automatically",
    "banking.sorting.operations.take_back",
    "banking.sorting.writing.lock_lines",
    "banking.sorting.writing.mark_sorted",
    "banking.sorting.writing.write_sorting",
    "banking.turns.lock_imports",
    "cards.returned.credit_back",
    "cards.returned.keep",
    "cards.returned.part_of",
    "company.versions.add_version",
    "customers.stopping.debt_ended",
    "customers.stopping.debt_reopened",
    "customers.stopping.end_stop",
    "customers.stopping.stop_customer",
    "dunning.reminding.letter_of",
    "fees.charging.charge",
    "fees.deciding.ask",
    "fees.deciding.fees_decided_alone",
    "fees.deciding.judge",
    "fees.deciding.judged_facts",
    "fees.deciding.locked",
    "fees.deciding.request_of",
    "fees.deciding.reversals_decided_alone",
    "invoices.bearing.bear_short",
    "invoices.crediting.issue_note",
    "invoices.crediting.note_of_form",
    "invoices.debts.follow",
    "invoices.keeping.keep_paper",
    "invoices.mailing.queue_invoice",
    "invoices.mailing.queue_note",
    "invoices.mailing.queue_receipt",
    "invoices.mailing.reminder_of",
    "invoices.mailing.withdraw_reminders",
    "invoices.numbering.take_next",
    "invoices.operations.cover",
    "invoices.operations.issue_prepared",
    "invoices.operations.lock",
    "invoices.operations.made_with",
    "invoices.operations.record_payment",
    "invoices.operations.undo_payment",
    "jobs.queueing.count_ready",
    "jobs.queueing.enlist",
    "jobs.queueing.forget",
    "jobs.queueing.mark_done",
    "jobs.queueing.ready",
    "jobs.queueing.what_is_left",
    "jobs.steps.begin",
    "jobs.steps.carry_out",
    "jobs.steps.claim",
    "jobs.steps.end",
    "jobs.steps.give_up",
    "jobs.steps.put_on_hold",
    "ledger.lateness.days_of_effect",
    "ledger.lateness.first_open_day",
    "ledger.operations.post",
    "ledger.operations.post_many",
    "ledger.operations.reverse",
    "ledger.period_lock.require_open",
    "ledger.reversing.reverse_many",
    "ledger.rollup.roll_up",
    "ledger.rollup.settle_in",
    "mail.asking.queue_by_hand",
    "mail.outbox.begin",
    "mail.outbox.claim",
    "mail.outbox.hand_over",
    "mail.outbox.keep_in_room",
    "mail.outbox.known",
    "mail.outbox.mark_address",
    "mail.outbox.note_answer",
    "mail.outbox.queue",
    "mail.outbox.withdraw",
    "numbers.charging.post_rentals",
    "numbers.writing.locked",
    "numbers.writing.record",
    "numbers.writing.write",
    "payments.parts.worth_of",
    "payments.refunds.asking.ask",
    "payments.refunds.asking.in_aud",
    "payments.short.operations.keep",
    "payments.short.operations.part_paid",
    "payments.suspense.operations.leave_suspense",
    "postpaid.applying.put_question",
    "postpaid.applying.terms_faults",
    "postpaid.lettering.write_letters",
    "postpaid.taxing.turn_tax",
    "postpaid.versions.add_version",
    "postpaid.versions.contract_file",
    "postpaid.versions.locked",
    "postpaid.versions.terms_of",
    "provisional.settling.settle_with_receipt",
    "provisional.settling.unsettle",
    "search.indexing.index_changes",
    "usage.keeping.keep",
    "usage.keeping.prepare",
    "usage.refunding.claim_records",
    "usage.refunding.release_records",
    "usage.rollup.add_days",
    "usage.turns.lock_imports",
}
OUTSIDE = ("services.demo", "services.commands", "services.web", "services.db", "services.wiring", "services.__main__")


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if not found.ispkg and not found.name.startswith(OUTSIDE):
            yield import_module(found.name)


def writing() -> dict[str, Callable[..., Any]]:
    """Every public function that is given a transaction, by room, module and name."""
    return {
        f"{module.__name__.removeprefix('services.')}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and next(iter(inspect.signature(function).parameters), "") == "tx"
    }


def refuses(operation: Callable[..., Any], by: Principal) -> bool:
    """Whether it refuses the role; asked without a database, so that the role has to be asked for first."""
    parameters = list(inspect.signature(operation).parameters.values())[1:]
    facts = {each.name: None for each in parameters if each.default is inspect.Parameter.empty}
    try:
        operation(None, **facts | {"by": by})
    except NotAllowed:
        return True
    except Exception:  # noqa: BLE001 - whatever it then misses, it let the role pass
        return False
    return False


def test_every_write_is_in_the_matrix_or_a_step_of_one_that_is() -> None:
    assert set(writing()) == set(MAY) | STEPS


@pytest.mark.parametrize("name", sorted(MAY))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_exactly_what_the_matrix_says(name: str, role: Role) -> None:
    assert refuses(writing()[name], Principal(1, "Somebody", role)) is (role not in MAY[name])


def test_the_system_may_do_everything() -> None:
    assert not [name for name in MAY if refuses(writing()[name], SYSTEM)]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", sorted(ACTS))
def test_who_decides_on_a_request_must_be_allowed_the_act_itself(
    sqlite_database: Database, act: str, role: Role
) -> None:
    def decide(tx: Any) -> object:
        ids = [_person(tx, each) for each in ("asks", "decides")]
        asked = approvals.request_approval(
            tx, by=Principal(ids[0], "asks", Role.ADMIN), act=act, subject="x", payload={}, summary="x", reason="x"
        )
        by = Principal(ids[1], "decides", role)
        return approvals.decline(tx, by=by, approval_id=asked, acts=ACTS, reason="no")

    if role in ACTS[act].permission.roles:
        sqlite_database.act(decide)
    else:
        with pytest.raises(Forbidden):
            sqlite_database.act(decide)


def _person(tx: Any, name: str) -> int:
    return people.create_person(tx, by=SYSTEM, name=name, email=f"{name}@x.example", role=Role.ADMIN).person_id

"""What an event of the audit trail and its thing are called in words; what has no words is called by its name."""

from __future__ import annotations

# The name of the act as it was recorded, and how a person would say what was done.
WORDS = {
    "access.change_own_password": "Changed own password",
    "access.change_people": "Changed who has access",
    "access.decide": "Decided on a request",
    "access.end_sessions": "Ended somebody’s sessions",
    "access.request": "Asked for approval",
    "access.sign_in": "Signed in",
    "access.sign_out": "Signed out",
    "adjustments.correct": "Corrected credit",
    "adjustments.expire": "Let promotional credit expire",
    "adjustments.give": "Gave credit",
    "adjustments.undo": "Undid an adjustment",
    "banking.import": "Imported a bank statement",
    "banking.map": "Mapped the columns of a table",
    "banking.rules": "Changed a rule for bank lines",
    "banking.sort": "Said what a bank line is",
    "banking.undo_sort": "Took back what a bank line was",
    "banking.undo": "Undid a bank statement",
    "cards.import": "Imported card payments",
    "company.change_bank_account": "Changed a bank account of ours",
    "company.change_logo": "Changed the logo of papers",
    "company.set_up": "Set up the company",
    "customers.add_note": "Added a note",
    "customers.change_country": "Changed the country of a customer",
    "customers.change_details": "Changed invoice details",
    "customers.create_customer": "Created a customer",
    "customers.stop": "Stopped a customer or let it go on",
    "dunning.choose": "Chose the days of the dunning stages",
    "dunning.lift_stop": "Lifted a stop for an unpaid debt",
    "dunning.pause": "Paused reminders or let them go on",
    "dunning.promise": "Took down or withdrew a promise to pay",
    "dunning.run": "Reminded of a debt",
    "fees.charge": "Charged custom fees",
    "fees.set": "Set a custom fee",
    "invoices.credit": "Credited an invoice",
    "invoices.draft": "Deleted a draft of an invoice",
    "invoices.expire": "Let an invoice expire",
    "invoices.issue": "Issued an invoice",
    "invoices.void": "Voided an invoice",
    "invoices.write_off": "Wrote off an invoice",
    "jobs.hold": "Held scheduled work or let it go on",
    "jobs.run": "Ran scheduled work",
    "ledger.close": "Closed a month",
    "ledger.approve_reopening": "Reopened a month",
    "mail.choose": "Chose what is e-mailed by itself",
    "mail.send": "Sent or settled an e-mail",
    "numbers.change": "Changed a number",
    "numbers.charge": "Charged number rental",
    "numbers.refund": "Gave rental back",
    "payments.allocate": "Gave a receipt to an invoice",
    "payments.decide_short": "Decided on a short payment",
    "payments.forget_payer": "Forgot whose account a payer’s is",
    "payments.hold": "Held a receipt in suspense",
    "payments.refund": "Refunded a receipt",
    "payments.take_out": "Took a receipt out of suspense",
    "payments.undo_refund": "Took back the refund of a receipt",
    "payments.undo_short": "Took back a decision on a short payment",
    "payments.undo": "Took a receipt back from an invoice",
    "postpaid.apply": "Worked on a postpaid application",
    "postpaid.decide": "Decided on a postpaid application",
    "postpaid.hold": "Held or released a monthly invoice",
    "postpaid.leave": "Ended a commitment early",
    "postpaid.lift": "Let a customer go on beyond its limit",
    "postpaid.recommend": "Recommended on a postpaid application",
    "postpaid.run": "Began, billed or ended a commitment",
    "postpaid.sign": "Kept a signed commitment",
    "pricing.import_rates": "Imported exchange rates",
    "pricing.load_reference": "Loaded reference data",
    "provisional.approve": "Gave credit ahead of a transfer",
    "provisional.change_caps": "Changed the caps of credit ahead of transfers",
    "provisional.take_back": "Took back or settled credit ahead of a transfer",
    "reporting.export": "Exported a table",
    "requests.take": "Worked on an invoice request",
    "usage.import": "Imported usage",
    "usage.reveal_recipient": "Looked at a recipient",
    "usage.undo_import": "Undid a usage import",
    "views.share": "Changed a shared view",
}


# What an event happened to, as it was recorded and in words.
THINGS = {
    "accounting period": "Accounting period",
    "adjustment": "Adjustment",
    "allocation": "Matched receipt",
    "approval": "Request for approval",
    "bank account": "Our bank account",
    "bank_line": "Bank line",
    "bank_mapping": "Mapped table",
    "bank_rule": "Rule for bank lines",
    "bank_statement_file": "Bank statement",
    "company": "Our company",
    "credit_note": "Credit note",
    "customer": "Customer",
    "dunning days": "Days of the dunning stages",
    "exchange rates": "Exchange rates",
    "export": "Export",
    "fee": "Custom fee",
    "held_receipt": "Receipt on hold",
    "invoice": "Invoice",
    "invoice draft": "Draft of an invoice",
    "invoice request": "Invoice request",
    "job": "Scheduled work",
    "mail": "E-mail",
    "mail address": "E-mail address",
    "number": "Dedicated number",
    "payer": "Remembered payer",
    "person": "Person",
    "card": "Card",
    "card_file": "File of the card processor",
    "card_payment": "Card payment",
    "commitment": "Commitment",
    "postpaid application": "Postpaid application",
    "provisional_cap": "Caps of credit ahead",
    "receipt_refund": "Refund of a receipt",
    "reference": "Reference data",
    "saved view": "Saved view",
    "short_decision": "Short payment",
    "usage_import": "Usage import",
    "usage_record": "Message",
}


def thing_of(subject: str) -> str:
    """What an event happened to, in words; one without words is called by its name."""
    return THINGS.get(subject, subject.replace("_", " ").capitalize())


def words_of(act: str) -> str:
    """What was done, in words: "Signed in"; "fees.set_up" without words is "Fees: set up"."""
    if act in WORDS:
        return WORDS[act]
    room, _, rest = act.partition(".")
    return f"{room.capitalize()}: {rest.replace('_', ' ')}" if rest else act.replace("_", " ").capitalize()


def meant(typed: str) -> list[str]:
    """The acts whose words hold what was typed, for a search by words."""
    sought = typed.strip().casefold()
    return [act for act, words in WORDS.items() if sought and sought in words.casefold()]

"""The chart of accounts by purpose, and the kinds of movement the books know."""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """The five sections of the chart of accounts."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSES = "expenses"


class Purpose(StrEnum):
    """What an account is for; the chart of accounts is one account a purpose, currency and owner."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    CREDIT = "credit"
    CREDIT_UNPAID = "credit_unpaid"
    GST_PAYABLE = "gst_payable"
    GST_NOT_DUE = "gst_not_due"
    UNALLOCATED = "unallocated"
    REFUND_PAYABLE = "refund_payable"
    PAY_BACK = "pay_back"
    SUSPENSE = "suspense"
    IN_TRANSIT = "in_transit"
    CARD_CLEARING = "card_clearing"
    CARD_EXCHANGE = "card_exchange"
    HELD_DISPUTES = "held_disputes"
    PROVISIONAL = "provisional"
    OPENING = "opening"
    REVENUE_SMS = "revenue_sms"
    REVENUE_MMS = "revenue_mms"
    REVENUE_VOICE = "revenue_voice"
    REVENUE_FAX = "revenue_fax"
    REVENUE_POST = "revenue_post"
    REVENUE_POSTCARDS = "revenue_postcards"
    REVENUE_EMAIL = "revenue_email"
    REVENUE_EMAIL_TRANSACTIONAL = "revenue_email_transactional"
    RENTAL = "rental"
    FX_GAIN = "fx_gain"
    BANK_FEE = "bank_fee"
    PROCESSOR_FEE = "processor_fee"
    INTEREST = "interest"
    SUPPLIERS = "suppliers"
    CUSTOM_FEE = "custom_fee"
    PRICE_ADJUST = "price_adjust"
    GOODWILL = "goodwill"
    PROMO_DEFERRED = "promo_deferred"
    PROMO_DISCOUNT = "promo_discount"
    SHORTFALL = "shortfall"
    BAD_DEBT = "bad_debt"

    @property
    def label(self) -> str:
        """The words on screen, after the section's name."""
        return _PURPOSES.get(self) or self.value.replace("_", " ")

    @property
    def section(self) -> Section:
        """Where it stands in the chart of accounts."""
        return _SECTIONS.get(self, Section.INCOME)

    @property
    def of_customers(self) -> bool:
        """Whether each customer has an own account of it, with a kept balance."""
        return self in CUSTOMER_PURPOSES


_PURPOSES = {
    Purpose.CREDIT: "prepaid credit",
    Purpose.CREDIT_UNPAID: "credit invoiced, not yet paid",
    Purpose.GST_PAYABLE: "GST payable",
    Purpose.GST_NOT_DUE: "GST on invoices not yet paid",
    Purpose.UNALLOCATED: "receipts not yet matched",
    Purpose.REFUND_PAYABLE: "owed back to customers",
    Purpose.PAY_BACK: "receipts to be paid back",
    Purpose.OPENING: "opening balances",
    Purpose.REVENUE_SMS: "SMS",
    Purpose.REVENUE_MMS: "MMS",
    Purpose.REVENUE_VOICE: "voice",
    Purpose.REVENUE_FAX: "fax",
    Purpose.REVENUE_POST: "letters",
    Purpose.REVENUE_POSTCARDS: "postcards",
    Purpose.REVENUE_EMAIL: "e-mail campaigns",
    Purpose.REVENUE_EMAIL_TRANSACTIONAL: "transactional e-mail",
    Purpose.RENTAL: "number rental",
    Purpose.FX_GAIN: "exchange differences",
    Purpose.BANK_FEE: "bank fees",
    Purpose.PROCESSOR_FEE: "card processor fees",
    Purpose.CARD_CLEARING: "held by the card processor",
    Purpose.CARD_EXCHANGE: "exchanged by the card processor",
    Purpose.HELD_DISPUTES: "card payments in dispute",
    Purpose.CUSTOM_FEE: "custom fees",
    Purpose.PRICE_ADJUST: "refunds and price adjustments",
    Purpose.PROMO_DEFERRED: "promotional credit not yet used",
    Purpose.PROMO_DISCOUNT: "promotional credit used",
}

CUSTOMER_PURPOSES = frozenset(
    {
        Purpose.RECEIVABLE,
        Purpose.CREDIT,
        Purpose.CREDIT_UNPAID,
        Purpose.GST_NOT_DUE,
        Purpose.PROMO_DEFERRED,
        Purpose.REFUND_PAYABLE,
    }
)

_SECTIONS = {
    Purpose.BANK: Section.ASSETS,
    Purpose.RECEIVABLE: Section.ASSETS,
    Purpose.SUSPENSE: Section.ASSETS,
    Purpose.IN_TRANSIT: Section.ASSETS,
    Purpose.CARD_CLEARING: Section.ASSETS,
    Purpose.HELD_DISPUTES: Section.ASSETS,
    Purpose.PROVISIONAL: Section.ASSETS,
    Purpose.CREDIT: Section.LIABILITIES,
    Purpose.CREDIT_UNPAID: Section.LIABILITIES,
    Purpose.GST_PAYABLE: Section.LIABILITIES,
    Purpose.GST_NOT_DUE: Section.LIABILITIES,
    Purpose.UNALLOCATED: Section.LIABILITIES,
    Purpose.REFUND_PAYABLE: Section.LIABILITIES,
    Purpose.PAY_BACK: Section.LIABILITIES,
    Purpose.OPENING: Section.EQUITY,
    Purpose.CARD_EXCHANGE: Section.EQUITY,
    Purpose.BANK_FEE: Section.EXPENSES,
    Purpose.PROCESSOR_FEE: Section.EXPENSES,
    Purpose.SUPPLIERS: Section.EXPENSES,
    Purpose.GOODWILL: Section.EXPENSES,
    Purpose.BAD_DEBT: Section.EXPENSES,
    Purpose.PROMO_DEFERRED: Section.ASSETS,
}


class Kind(StrEnum):
    """What a journal entry records. The class of a movement on every screen, and whether it is guarded."""

    BANK_OPENING = "bank_opening"
    BANK_RECEIPT = "bank_receipt"
    BANK_PAYMENT = "bank_payment"
    BANK_SORTED = "bank_sorted"
    RECEIPT_HELD = "receipt_held"
    RECEIPT_REFUNDED = "receipt_refunded"
    INVOICE_ISSUED = "invoice_issued"
    CARD_TOP_UP = "card_top_up"
    CARD_FEE = "card_fee"
    CARD_EXCHANGED = "card_exchanged"
    CARD_OWED_BACK = "card_owed_back"
    CARD_REFUNDED = "card_refunded"
    CARD_DISPUTED = "card_disputed"
    DISPUTE_LOST = "dispute_lost"
    BANK_TOP_UP = "bank_top_up"
    PROVISIONAL_CREDIT = "provisional_credit"
    SETTLED_SHORT = "settled_short"
    FEE_ABSORBED = "fee_absorbed"
    INVOICE_CREDITED = "invoice_credited"
    WRITTEN_OFF = "written_off"
    USAGE_SMS = "usage_sms"
    USAGE_MMS = "usage_mms"
    USAGE_VOICE = "usage_voice"
    USAGE_FAX = "usage_fax"
    USAGE_POST = "usage_post"
    USAGE_POSTCARDS = "usage_postcards"
    USAGE_EMAIL = "usage_email"
    USAGE_EMAIL_TRANSACTIONAL = "usage_email_transactional"
    RENTAL = "rental"
    CUSTOM_FEE = "custom_fee"
    GOODWILL = "goodwill"
    PROMO_GRANT = "promo_grant"
    PROMO_EXPIRED = "promo_expired"
    USAGE_REFUND = "usage_refund"
    RENTAL_REFUND = "rental_refund"
    CREDIT_CORRECTION = "credit_correction"
    CARRYING_DIFFERENCE = "carrying_difference"
    TRUE_UP = "true_up"
    DEBT_WRITTEN_OFF = "debt_written_off"
    TAX_TURNED = "tax_turned"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def guarded(self) -> bool:
        """Whether a person decided it, so that it may not take credit below zero.

        Use, rental, fees and what a signed contract makes due are facts.
        """
        return not (self.is_use or self is Kind.TRUE_UP)

    @property
    def is_use(self) -> bool:
        """Whether it is what credit is for: a fact of sending, number rental or a custom fee."""
        return self in _USE


_LABELS = {
    Kind.BANK_OPENING: "Opening bank balance",
    Kind.BANK_RECEIPT: "Bank receipt",
    Kind.BANK_PAYMENT: "Bank payment",
    Kind.BANK_SORTED: "Bank line sorted",
    Kind.RECEIPT_HELD: "Receipt held in suspense",
    Kind.RECEIPT_REFUNDED: "Receipt refunded",
    Kind.INVOICE_ISSUED: "Invoice issued",
    Kind.CARD_TOP_UP: "Card top-up",
    Kind.CARD_FEE: "Card processor fee",
    Kind.CARD_EXCHANGED: "Exchanged by the card processor",
    Kind.CARD_OWED_BACK: "Card payment owed back",
    Kind.CARD_REFUNDED: "Refunded to the card",
    Kind.CARD_DISPUTED: "Card payment in dispute",
    Kind.DISPUTE_LOST: "Disputed card payment lost",
    Kind.BANK_TOP_UP: "Bank-transfer top-up",
    Kind.PROVISIONAL_CREDIT: "Credit ahead of a transfer",
    Kind.SETTLED_SHORT: "Settled short",
    Kind.FEE_ABSORBED: "Bank fee borne by us",
    Kind.INVOICE_CREDITED: "Credit note",
    Kind.WRITTEN_OFF: "Written off",
    Kind.USAGE_SMS: "SMS",
    Kind.USAGE_MMS: "MMS",
    Kind.USAGE_VOICE: "Voice",
    Kind.USAGE_FAX: "Fax",
    Kind.USAGE_POST: "Letters",
    Kind.USAGE_POSTCARDS: "Postcards",
    Kind.USAGE_EMAIL: "E-mail campaigns",
    Kind.USAGE_EMAIL_TRANSACTIONAL: "Transactional e-mail",
    Kind.RENTAL: "Number rental",
    Kind.CUSTOM_FEE: "Custom fee",
    Kind.GOODWILL: "Goodwill",
    Kind.PROMO_GRANT: "Promotional credit",
    Kind.PROMO_EXPIRED: "Promotional credit expired",
    Kind.USAGE_REFUND: "Undelivered messages refunded",
    Kind.RENTAL_REFUND: "Number rental refunded",
    Kind.CREDIT_CORRECTION: "Correction",
    Kind.CARRYING_DIFFERENCE: "Exchange difference",
    Kind.TRUE_UP: "Commitment true-up",
    Kind.DEBT_WRITTEN_OFF: "Use no longer asked for",
    Kind.TAX_TURNED: "GST at the change of billing",
}

USAGE_KINDS = frozenset(kind for kind in Kind if kind.value.startswith("usage_") and kind is not Kind.USAGE_REFUND)
_USE = USAGE_KINDS | {Kind.RENTAL, Kind.CUSTOM_FEE}

"""What the difference between an invoice and what arrived is: a pure function that gives its reasons in words."""

from __future__ import annotations

from services.money import MICROS, divide, minor_unit, multiply
from services.payments.allocation import fee_limit, largest_fee
from services.payments.short.model import Cause, Facts, Judgement, UsualFee

ROUNDED = MICROS  # AUD: less than one is nobody's fee and nobody's part payment
EXCHANGE_PERCENT = 4  # the most that exchanging money costs at a bank's own rate
_PARTS = ((1, 2, "half"), (1, 3, "a third"), (2, 3, "two thirds"), (1, 4, "a quarter"), (3, 4, "three quarters"))


def judge(facts: Facts) -> Judgement:
    """Judge a short payment: by what the bank says first, then by how much is missing of what kind of payment."""
    return _said_by_bank(facts) or _rounded(facts) or _kept(facts) or _exchanged(facts) or _part(facts)


def _said_by_bank(facts: Facts) -> Judgement | None:
    if facts.stated is not None and facts.stated == facts.missing:
        return Judgement(Cause.BANK_FEE, (f"the bank says that {facts.stated.text()} was kept on the way",))
    if facts.sent is not None and facts.sent.currency != facts.missing.currency:
        return Judgement(Cause.EXCHANGE, (f"{facts.sent.text()} was sent and exchanged on the way",))
    return None


def _rounded(facts: Facts) -> Judgement | None:
    if _aud(facts) >= ROUNDED:
        return None
    return Judgement(Cause.ROUNDING, (f"only {facts.missing.text()} is missing, less than one Australian dollar",))


def _kept(facts: Facts) -> Judgement | None:
    limit = fee_limit(facts.invoice.gross, facts.invoice.rate)
    most = largest_fee(facts.missing.currency, facts.invoice.rate)
    usual = facts.usual
    seen = usual is not None and usual.least <= facts.missing <= usual.most and facts.missing <= most
    if facts.domestic or (not seen and limit < facts.missing):
        return None
    reasons = []
    if seen and usual is not None:
        reasons.append(usual_words(usual))
    if facts.missing <= limit:
        reasons.append(f"it is no more than a bank keeps on the way, at most {limit.text()} of this invoice")
    if not facts.missing.micros % MICROS:
        reasons.append("it is a whole amount, as banks charge")
    return Judgement(Cause.BANK_FEE, tuple(reasons))


def _exchanged(facts: Facts) -> Judgement | None:
    share = facts.missing.micros * 100
    exchanges = facts.home and facts.home != facts.missing.currency
    if facts.domestic or not exchanges or share > EXCHANGE_PERCENT * facts.invoice.gross.micros:
        return None
    said = f"the payer’s bank keeps its accounts in {facts.home} and had to exchange"
    return Judgement(Cause.EXCHANGE, (said, f"{_percent(facts)} is missing, as exchanging costs"))


def _part(facts: Facts) -> Judgement:
    arrived = facts.invoice.gross - facts.missing
    for top, bottom, words in _PARTS:
        if abs(arrived.micros * bottom - facts.invoice.gross.micros * top) < bottom * max(
            minor_unit(arrived.currency), MICROS
        ):
            return Judgement(Cause.PART, (f"{words} of it arrived",))
    if facts.domestic:
        why = "a transfer inside Australia loses nothing on its way"
    else:
        why = (
            f"that is more than a bank keeps, at most {fee_limit(facts.invoice.gross, facts.invoice.rate).text()} here"
        )
    return Judgement(Cause.PART, (f"{_percent(facts)} is missing", why))


def usual_words(usual: UsualFee) -> str:
    """The usual fee and its spread as evidence in words."""
    if usual.seen == 1:
        return f"the one payment seen before from there lost {usual.middle.text()}"
    spread = f"half of {usual.seen} payments between {usual.low.plain()} and {usual.high.text()}"
    if usual.low == usual.high:
        spread = f"at least half of {usual.seen} payments lost exactly that"
    return f"banks there usually keep {usual.middle.text()} ({spread})"


def _percent(facts: Facts) -> str:
    tenths = divide(facts.missing.micros * 1000, facts.invoice.gross.micros)
    return f"{tenths // 10}.{tenths % 10} %"


def _aud(facts: Facts) -> int:
    return multiply(facts.missing.micros, facts.invoice.rate)

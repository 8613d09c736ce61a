"""Promotional credit: the part of a customer's credit that was given and not bought, which use draws first.

A customer's credit account holds all credit, bought and given. Its promotional account (`promo_deferred`, debit) says
how much of that was given: never below nothing, never more than the credit in hand. A grant debits it; here is what
credits it besides expiry. Nothing of it reaches profit or loss until it is used: then the revenue the use earned meets
an equal discount, and the two are net zero.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.ledger.carrying import Running
from services.ledger.model import Account, Draft, Leg, Purpose
from services.money import divide

Settled = list[tuple[Leg, int]]


def promotional_after(before: int, *, used: int, credit: int) -> int:
    """How much of the credit is promotional after an entry, all in micros: use draws it first, and credit bounds it.

    `before` counts what the entry itself granted or took, `used` what it used (0 for any other entry) and `credit` is
    the credit after it, negative where it is owed.
    """
    return max(0, min(before - max(used, 0), credit))


def promotional_legs(draft: Draft, settled: Settled, running: Mapping[str, Running]) -> Settled:
    """The two legs, discount against promotional, by which an entry uses promotional credit; none where it does not.

    `settled` are the entry's own legs and `running` the balances before it. Outside AUD promotional credit goes at
    what it is carried at, the last of it with all that is left, so that no AUD strands.
    """
    added: Settled = []
    for credit in {
        leg.account.code: leg.account for leg, _ in settled if leg.account.purpose is Purpose.CREDIT
    }.values():
        given = Account(Purpose.PROMO_DEFERRED, credit.currency, credit.customer_id)
        held = running.get(given.code)
        if held is None:
            continue
        debited, _ = _moved(settled, credit)
        granted, granted_base = _moved(settled, given)
        before, base = held.balance + granted, held.base + granted_base
        used = debited if draft.kind.is_use and draft.reversal_of_id is None else 0
        after = promotional_after(before, used=used, credit=-running[credit.code].balance - debited)
        if after < before:
            drawn = before - after
            worth = base if not after else divide(base * drawn, before)
            added.append((Leg(Account(Purpose.PROMO_DISCOUNT, credit.currency), drawn), worth))
            added.append((Leg(given, -drawn), -worth))
    return added


def takes_promotional(draft: Draft, settled: Settled) -> bool:
    """Whether an entry whose legs draw promotional credit is a decision that takes credit away, and not an undoing.

    A refund or a correction may only take what was paid for.
    """
    debits = any(leg.account.purpose is Purpose.CREDIT and leg.micros > 0 for leg, _ in settled)
    return draft.is_guarded and draft.reversal_of_id is None and debits


def _moved(settled: Settled, account: Account) -> tuple[int, int]:
    own = [(leg.micros, base) for leg, base in settled if leg.account.code == account.code]
    return sum(micros for micros, _ in own), sum(base for _, base in own)

"""Rules for bank lines: made by hand or from what was said twice, let act by themselves, switched off."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import insert, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.sorting import queries
from services.banking.sorting.model import RULES, Pattern, Rule, Sort
from services.banking.sorting.patterns import spoken_words
from services.banking.sorting.tables import bank_rule
from services.db.engine import Transaction
from services.errors import InvalidForm, Refused, Stale
from services.texts import text_fault


class AlreadyRuled(Refused):
    """A rule says the same already."""


class AlreadyOff(Stale):
    """Somebody switched the rule off before."""


class NotSureEnough(Refused):
    """The rule may only propose."""


def make_rule(
    tx: Transaction, *, by: Principal, pattern: Pattern, learned: bool = False, automatic: bool = False
) -> Rule:
    """Make a rule; it proposes, and acts by itself only where `automatic` and the pattern allow.

    Raises `InvalidForm` (words, sort), `AlreadyRuled`, `NotSureEnough`.
    """
    require(by, RULES)
    words = tuple(dict.fromkeys(spoken_words(" ".join(pattern.words))))
    pattern = replace(pattern, words=words, counterparty=pattern.counterparty.strip())
    _check(pattern, automatic=automatic)
    if any(each.pattern == pattern for each in queries.rules(tx.conn)):
        raise AlreadyRuled("A rule says exactly this already; look at the list.")
    row = {
        "sort": pattern.sort.value,
        "incoming": pattern.incoming,
        "words": json.dumps(words, ensure_ascii=False),
        "counterparty": pattern.counterparty,
        "bank_account": pattern.bank_account,
        "automatic": automatic,
        "learned": learned,
        "made_at": tx.at,
        "made_by": by.name,
    }
    rule_id = int(tx.conn.execute(insert(bank_rule).returning(bank_rule.c.id), row).scalar_one())
    after = {"sort": pattern.sort, "pattern": pattern.says, "automatic": automatic, "learned": learned}
    record(tx, by=by, act=RULES.name, subject="bank_rule", subject_id=rule_id, after=after)
    return queries.rule(tx.conn, rule_id=rule_id)


def set_automatic(tx: Transaction, *, by: Principal, rule_id: int, automatic: bool) -> Rule:
    """Let a rule act by itself when a statement is imported, or only propose. Raises `NotSureEnough`, `AlreadyOff`."""
    require(by, RULES)
    found = queries.rule(tx.conn, rule_id=rule_id)
    _refuse_off(found)
    _check(found.pattern, automatic=automatic)
    tx.conn.execute(update(bank_rule).where(bank_rule.c.id == rule_id).values(automatic=automatic))
    before, after = {"automatic": found.automatic}, {"automatic": automatic}
    record(tx, by=by, act=RULES.name, subject="bank_rule", subject_id=rule_id, before=before, after=after)
    return queries.rule(tx.conn, rule_id=rule_id)


def switch_off(tx: Transaction, *, by: Principal, rule_id: int) -> Rule:
    """Let a rule speak no more; what it sorted stays, and it is not proposed again. Raises `AlreadyOff`."""
    require(by, RULES)
    found = queries.rule(tx.conn, rule_id=rule_id)
    _refuse_off(found)
    done = {"off_at": tx.at, "off_by": by.name, "automatic": False}
    tx.conn.execute(update(bank_rule).where(bank_rule.c.id == rule_id).values(done))
    before = {"pattern": found.pattern.says}
    record(tx, by=by, act=RULES.name, subject="bank_rule", subject_id=rule_id, before=before, after={"on": False})
    return queries.rule(tx.conn, rule_id=rule_id)


def _refuse_off(rule: Rule) -> None:
    if not rule.is_on:
        raise AlreadyOff(f"{rule.off_by} switched this rule off already; make a new one.")


def _check(pattern: Pattern, *, automatic: bool) -> None:
    wrong = {}
    if pattern.sort is Sort.REFUND:
        wrong["sort"] = "A refund is one customer's; no rule can know whose."
    if not pattern.words and not pattern.counterparty:
        wrong["words"] = "Give words of the bank's text, or the other party: a rule must know a line by something."
    elif fault := text_fault(" ".join((*pattern.words, pattern.counterparty))):
        wrong["words"] = fault
    if wrong:
        raise InvalidForm(wrong)
    if automatic and not pattern.may_be_automatic:
        raise NotSureEnough(
            "Only bank fees, interest and card payouts known by words (money in by the other party too) may be sorted "
            "without a person."
        )

"""Writes of reference data: currencies, exchange rates and tax rules; loading the same again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import insert, select, update

from services.access import audit
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.pricing import queries
from services.pricing.model import (
    IMPORT_RATES,
    LOAD_REFERENCE,
    Currency,
    ExchangeRate,
    RatesImported,
    ReferenceLoaded,
    Rejected,
    TaxRule,
)
from services.pricing.rates_file import read_rates
from services.pricing.reference import WrongReference, read_currencies, read_tax_rules
from services.pricing.tables import currency, exchange_rate, tax_rule

CENTRAL_BANK = "European Central Bank"


def load_reference(tx: Transaction, *, by: Principal, folder: Path) -> ReferenceLoaded:
    """Load `currencies.csv`, `ecb_rates.csv` and `tax_rules.toml` of a folder; what is there already stays.

    Currencies' limits follow the file. Raises `WrongReference` when a file is missing or wrong, or a tax rule differs
    from the one stored for the same country and day.
    """
    require(by, LOAD_REFERENCE)
    currencies = _load_currencies(tx, read_currencies(_text(folder / "currencies.csv")))
    rates = _import(tx, content=_text(folder / "ecb_rates.csv").encode(), source=CENTRAL_BANK)
    if rates.rejected:
        first = rates.rejected[0]
        raise WrongReference(f"Line {first.line} of the exchange rates is wrong: {first.reason}")
    rules = _load_tax_rules(tx, read_tax_rules(_text(folder / "tax_rules.toml")))
    loaded = ReferenceLoaded(currencies, rates.accepted, rules)
    if loaded != ReferenceLoaded(0, 0, 0):
        after = {"currencies": currencies, "rates": rates.accepted, "tax_rules": rules}
        audit.record(tx, by=by, act=LOAD_REFERENCE.name, subject="reference", subject_id=folder.name, after=after)
    return loaded


def import_rates(tx: Transaction, *, by: Principal, content: bytes, source: str) -> RatesImported:
    """Store the new rates of a file of the Bank's form or of `currency,date,aud_per_unit`; `source` names its origin.

    Rates already stored are counted as repeated; a row that is wrong, of the future, or contradicts a stored rate is
    rejected with its line and reason while the others are taken. Raises `NotARatesFile`.
    """
    require(by, IMPORT_RATES)
    imported = _import(tx, content=content, source=source.strip() or CENTRAL_BANK)
    if imported.accepted:
        after = {"accepted": imported.accepted, "rejected": len(imported.rejected)}
        audit.record(tx, by=by, act=IMPORT_RATES.name, subject="exchange rates", subject_id=source, after=after)
    return imported


def _import(tx: Transaction, *, content: bytes, source: str) -> RatesImported:
    ours = {each.code for each in queries.currencies(tx.conn)}
    read = read_rates(content, source=source, currencies=ours)
    known = _stored_rates(tx)
    new: list[ExchangeRate] = []
    rejected, repeated = list(read.rejected), 0
    for line, rate in read.rates:
        key, nano = (rate.currency, rate.on), rate.nano
        if rate.on > tx.today:
            rejected.append(Rejected(line, f"{rate.on} is still to come; a rate is of today or before."))
        elif key not in known:
            known[key] = nano
            new.append(rate)
        elif known[key] == nano:
            repeated += 1
        else:
            reason = f"The {rate.currency} rate of {rate.on} is stored with another value; a stored rate never changes."
            rejected.append(Rejected(line, reason))
    _insert_rates(tx, new)
    return RatesImported(len(new), repeated, tuple(sorted(rejected, key=lambda each: each.line)))


def _stored_rates(tx: Transaction) -> dict[tuple[str, object], int]:
    columns = exchange_rate.c
    rows = tx.conn.execute(select(columns.currency, columns.rate_on, columns.aud_per_unit_nano))
    return {(row.currency, row.rate_on): row.aud_per_unit_nano for row in rows}


def _insert_rates(tx: Transaction, rates: Sequence[ExchangeRate]) -> None:
    rows = [
        {"currency": each.currency, "rate_on": each.on, "aud_per_unit_nano": each.nano, "source": each.source}
        for each in rates
    ]
    if rows:
        tx.conn.execute(insert(exchange_rate), rows)


def _load_currencies(tx: Transaction, wanted: Sequence[Currency]) -> int:
    stored = {each.code: each for each in queries.currencies(tx.conn)}
    for each in wanted:
        limits = {
            "minimum_top_up_micros": each.minimum_top_up.micros,
            "maximum_top_up_micros": each.maximum_top_up.micros,
        }
        if each.code not in stored:
            row = {"code": each.code, "minor_digits": each.minor_digits, **limits}
            tx.conn.execute(insert(currency), row)
        elif stored[each.code] != each:
            tx.conn.execute(update(currency).where(currency.c.code == each.code).values(limits))
    return sum(each.code not in stored for each in wanted)


def _load_tax_rules(tx: Transaction, wanted: Sequence[TaxRule]) -> int:
    rows = tx.conn.execute(select(tax_rule)).all()
    stored = {
        (row.country, row.valid_from): TaxRule(
            row.country, row.valid_from, row.valid_before, queries.treatment_from(row)
        )
        for row in rows
    }
    new = [rule for rule in wanted if (rule.country, rule.valid_from) not in stored]
    for rule in wanted:
        if stored.get((rule.country, rule.valid_from), rule) != rule:
            raise WrongReference(
                f"The tax rule for {rule.country} from {rule.valid_from} is stored with other words or another rate;"
                " add a rule with a later date instead."
            )
    if new:
        tx.conn.execute(insert(tax_rule), [_rule_row(rule) for rule in new])
    return len(new)


def _rule_row(rule: TaxRule) -> dict[str, object]:
    treatment = rule.treatment
    return {
        "country": rule.country,
        "valid_from": rule.valid_from,
        "valid_before": rule.valid_before,
        "code": treatment.code,
        "title_en": treatment.title_en,
        "title_fr": treatment.title_fr,
        "rate_numerator": treatment.rate[0],
        "rate_denominator": treatment.rate[1],
        "note_en": treatment.note_en,
        "note_fr": treatment.note_fr,
        "shows_tax": treatment.shows_tax,
        "tax_name": treatment.tax_name,
    }


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongReference(f"The reference file {file.name} cannot be read; restore it and try again.") from error

"""Currencies, rates and taxes: the rules without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.errors import BrokenInvariant
from services.money import Money
from services.pricing.model import (
    AboveMaximum,
    BelowMinimum,
    Currency,
    ExchangeRate,
    TaxTreatment,
    bank_transfer_minimum,
    convert,
    split_gross,
)

DAY = date(2026, 11, 20)
GST = TaxTreatment("au-gst", "Tax invoice", "Facture (Tax invoice)", (1, 11), "With GST.", "Avec GST.", True, "GST")
NONE = TaxTreatment("gb-none", "Invoice", "Facture", (0, 1), "The total includes no tax.", "Sans taxe.", False)
AUD = Currency("AUD", Money.of("20", "AUD"), Money.of("10000", "AUD"))


def rate(currency: str, aud: str, **more: object) -> ExchangeRate:
    return ExchangeRate(currency, DAY, Decimal(aud), "a bank", **more)


@pytest.mark.parametrize("amount", ["20.00", "10000.00"])
def test_a_top_up_of_exactly_a_limit_is_taken(amount):
    AUD.check_top_up(Money.of(amount, "AUD"))


def test_a_top_up_of_19_99_is_refused():
    with pytest.raises(BelowMinimum, match=r"at least 20\.00 AUD"):
        AUD.check_top_up(Money.of("19.99", "AUD"))


def test_a_top_up_above_the_maximum_is_refused():
    with pytest.raises(AboveMaximum, match=r"at most 10,000\.00 AUD"):
        AUD.check_top_up(Money.of("10000.01", "AUD"))


def test_a_currency_knows_its_coin():
    assert (AUD.minor_digits, Currency("JPY", Money.of(1, "JPY"), Money.of(2, "JPY")).minor_digits) == (2, 0)


@pytest.mark.parametrize(("days", "stale"), [(0, False), (10, False), (11, True)])
def test_a_rate_older_than_ten_days_warns(days, stale):
    assert rate("USD", "1.5", stale_days=days).is_stale is stale


def test_a_rate_values_only_its_own_currency():
    assert rate("USD", "1.423558897").to_aud(Money.of("100", "USD")) == Money.of("142.355890", "AUD")
    with pytest.raises(BrokenInvariant):
        rate("USD", "1.5").to_aud(Money.of(1, "NZD"))


def test_an_equivalent_goes_through_aud_and_names_the_older_day():
    older = ExchangeRate("USD", date(2026, 11, 1), Decimal("1.5"), "a bank")
    found = convert(Money.of("100", "USD"), older, rate("EUR", "1.6"))
    assert found.money == Money.of("93.75", "EUR")
    assert (found.rate, found.rate_on) == (Decimal("1.6"), date(2026, 11, 1))


def test_an_equivalent_needs_the_rate_of_its_own_currency():
    with pytest.raises(BrokenInvariant):
        convert(Money.of(1, "NZD"), rate("USD", "1.5"), rate("EUR", "1.6"))


@pytest.mark.parametrize(
    ("currency", "aud", "least", "below"),
    [("AUD", "1", "200.00", "199.99"), ("USD", "1.423558897", "140.50", "140.49"),
     ("JPY", "0.009052823", "22093", "22092"),
     ("EUR", "1.6", "125.00", "124.99")],
)  # fmt: skip
def test_the_bank_transfer_minimum_is_200_aud_rounded_up_to_the_coin(currency, aud, least, below):
    minimum = bank_transfer_minimum(rate(currency, aud))
    assert minimum.minimum == Money.of(least, currency)
    minimum.check(Money.of(least, currency))
    with pytest.raises(BelowMinimum):
        minimum.check(Money.of(below, currency))
    assert rate(currency, aud).to_aud(Money.of(below, currency)) < Money.of("200", "AUD")


def test_a_refused_foreign_invoice_says_at_which_rate_it_was_judged():
    with pytest.raises(BelowMinimum, match=r"at least 125\.00 EUR \(200\.00 AUD at 1\.6 of 2026-11-20\)\."):
        bank_transfer_minimum(rate("EUR", "1.6")).check(Money.of("1", "EUR"))


def test_a_refused_aud_invoice_names_no_rate():
    with pytest.raises(BelowMinimum, match=r"at least 200\.00 AUD\.$"):
        bank_transfer_minimum(rate("AUD", "1")).check(Money.of("199.99", "AUD"))


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [("220.00", "200.00", "20.00"), ("200.03", "181.85", "18.18"), ("200.14", "181.95", "18.19"),
     ("0.05", "0.05", "0.00"),
     ("0.06", "0.05", "0.01"), ("-110.00", "-100.00", "-10.00")],
)  # fmt: skip
def test_gst_is_an_eleventh_of_the_total_and_net_is_the_rest(gross, net, tax):
    split = split_gross(Money.of(gross, "AUD"), GST)
    assert (split.net, split.tax) == (Money.of(net, "AUD"), Money.of(tax, "AUD"))


def test_a_total_without_tax_is_all_net():
    split = split_gross(Money.of("200.03", "GBP"), NONE)
    assert (split.net, split.tax) == (split.gross, Money(0, "GBP"))


def test_a_treatment_speaks_english_and_french():
    assert [GST.title(language) for language in ("en", "fr")] == ["Tax invoice", "Facture (Tax invoice)"]
    assert [GST.note(language) for language in ("en", "fr")] == ["With GST.", "Avec GST."]

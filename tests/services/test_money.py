"""The coins of every currency, against a list of ISO 4217 of its own; what the card processor counts differently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.banking.readers import read_statement
from services.cards.charges import money_of
from services.cards.objects import WrongObject
from services.money import digits

# ISO 4217, table A.1 of January 2026, by minor units: written here apart from the code's own table.
COINS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR "
        "ZMW"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EACH = [(code, places) for places, codes in COINS.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "places"), EACH)
def test_every_currency_has_the_coins_of_its_standard_in_a_bank_file(code: str, places: int) -> None:
    assert digits(code) == places
    coin = f"{10**-places:.{places}f}"
    table = f"Date,Description,Amount,Currency,Balance\n2026-01-05,A,-{coin},{code},7\n2026-01-04,B,7,{code},7\n"
    (line, _) = sorted(read_statement(table.encode()).statements[0].lines, key=lambda each: each.amount.micros)
    assert -line.amount.micros * 10**places == 10**6


def test_the_processor_counts_three_currencies_its_own_way() -> None:
    told = {code: money_of(500, code).amount for code in ("ISK", "UGX", "MGA", "JPY", "AUD", "KWD")}
    assert told == {"ISK": 5, "UGX": 5, "MGA": 500, "JPY": 500, "AUD": 5, "KWD": Decimal("0.5")}
    with pytest.raises(WrongObject, match="no whole amount"):
        money_of(501, "ISK")

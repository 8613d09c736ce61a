"""The countries of ISO 3166-1 by their two letters, as people call them, and the one an address ends with."""

from __future__ import annotations

from functools import cache

from babel import Locale

# A text split once reads better than 249 quoted literals.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
_ALSO_CALLED = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB"}


@cache
def country_name(code: str) -> str:
    """The country's English name, or its two letters where it has none: "AU" is "Australia"."""
    return str(Locale("en").territories.get(code, code))


def country_of_address(address: str) -> str:
    """The two letters of the country an address ends with, in English or French; empty where it names none."""
    return _by_name().get(address.rpartition("\n")[2].strip(" .").casefold(), "")


@cache
def _by_name() -> dict[str, str]:
    named = {
        str(name).casefold(): code
        for language in ("fr", "en")
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }
    return named | _ALSO_CALLED

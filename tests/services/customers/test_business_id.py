"""Business ids by country: numbers with check digits are checked, other registrations are printed as typed."""

import pytest

from services.customers.business_id import compact, fault, is_abn


@pytest.mark.parametrize(
    ("country", "given"),
    [
        *[("AU", each) for each in ("51 824 753 556", "ABN 51 824 753 556", "ABN: 51824753556", "004 085 616", "")],
        *[("AU", each) for each in ("IA 12345", "W" * 200)],
        *[("NZ", each) for each in ("9429041525746", "49-091-850", "NZBN 9429041525746", "Charity CC123")],
        *[("SG", each) for each in ("00192200M", "197401143C", "M90312345A")],
        *[("GB", each) for each in ("GB 980 7806 84", "980780684", "01234567", "SC123456")],
        *[("US", each) for each in ("12-3456789", "Delaware 5")],
        *[("FR", each) for each in ("FR 40 303265045", "303 265 045", "TVA FR40303265045")],
        *[("DE", each) for each in ("DE136695976", "HRB 12345", "DEUTSCHE BANK 5")],
        *[("GR", each) for each in ("EL 094259216", "GR 094259216")],
        *[("IE", "IE 6433435F"), ("JP", "DE1"), ("JP", "1234567890123")],
    ],
)
def test_a_right_id_or_one_of_another_kind_is_taken(country, given):
    assert fault(given, country=country) is None


@pytest.mark.parametrize(
    ("country", "given", "sentence"),
    [
        ("AU", "51 824 753 557", "51 824 753 557 is not a valid ABN; check its digits."),
        ("AU", "5182475355", "5182475355 has 10 digits; an ABN has 11 and an ACN has 9."),
        ("AU", "004 085 617", "004 085 617 is not a valid ACN; check its digits."),
        ("NZ", "9429041525747", "9429041525747 is not a valid NZBN; check its digits."),
        ("NZ", "49-091-851", "49-091-851 is not a valid IRD number; check its digits."),
        ("NZ", "1234567", "1234567 has 7 digits; an NZBN has 13 and an IRD number has 8 or 9."),
        ("SG", "00192200N", "00192200N is not a valid UEN; it has 9 or 10 signs and ends with a check letter."),
        ("GB", "GB 980 7806 85", "GB 980 7806 85 is not a valid GB VAT number; check its 9 digits."),
        ("US", "07-3456789", "07-3456789 is not a valid EIN; check its first two digits."),
        ("FR", "FR 40 303265046", "FR 40 303265046 is not a valid VAT number of FR; check its digits."),
        ("IE", "IE 6433435E", "IE 6433435E is not a valid VAT number of IE; check its digits."),
        ("DE", "DE1", "DE1 is not a valid VAT number of DE; check its digits."),
    ],
)  # fmt: skip
def test_wrong_digits_are_refused_in_a_sentence(country, given, sentence):
    assert fault(given, country=country) == sentence


def test_an_abn_is_recognised_however_it_is_written():
    assert compact(" abn 51-824.753 556 ") == "51824753556"
    assert is_abn("ABN 51 824 753 556")
    assert not is_abn("51 824 753 557")

"""Tables in a shape of their own: whose account, which way, what is no movement, told by rules and never by chance."""

from __future__ import annotations

import pytest

from services.banking.model import Unreadable
from services.banking.readers import read_statement

RBC = "Account Number,Transaction Date,Description 1,CAD$,USD$\n1,2026-01-05,A,5.00,\n1,2026-01-06,B,,-7.00\n"
PAIR = "Date;Histórico;Valor\n05/01/2026;Saldo Anterior;100,00\n06/01/2026;A;5,00\n07/01/2026;S A L D O;105,00\n"
KNAB = "Transactiedatum;Bedrag;Soort;Omschrijving\n02-01-2026;5,00;{};A\n03-01-2026;7,00;{};B\n"
CARD = "Trans Date,Post Date,Description,Amount\n01/15/2026,01/15/2026,{},-5.00\n01/16/2026,01/16/2026,B,7.00\n"
SPENT = "Trans Date,Post Date,Description,Amount,Category\n01/15/2026,01/15/2026,PAYMENT THANK YOU,-5.00,X\n"
ABN = "123456789\tEUR\t20260102\t{}\t1320,00\t20260102\t1220,00\tSMITH\n"


def read(text):
    return read_statement(text.encode()).statements


def amounts(text):
    return [line.amount.text() for statement in read(text) for line in statement.lines]


def test_a_column_for_each_currency_is_a_statement_for_each():
    assert [(each.currency, each.account) for each in read(RBC)] == [("CAD", "1"), ("USD", "1")]
    assert amounts(RBC) == ["5.00 CAD", "-7.00 USD"]


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        (RBC.replace("A,5.00,", "A,5.00,5.00"), "has 2 amounts", 2),
        (RBC.replace("A,5.00,", "A,,"), "has 0 amounts", 2),
        (RBC.replace("B,,-7.00\n", "B,,-7."), "ends inside an amount", 3),
        (PAIR.replace("105,00", "106,00"), "do not add up", 4),
        (PAIR + "08/01/2026;B;1,00\n", "a balance among movements", 4),
        ("Date,Description,Debit,Credit\n2026-01-05,Opening balance,,5.00\n", "a balance among movements", 2),
        ("Date,Description,Amount\n2026-01-05,Opening balance,5.00\n", "no movement", None),
        (KNAB.format("D", "D"), "may say that the money went out", 2),
        ("Date,Debit,Credit,Text\n2026-01-05,5.00,,A\n2026-01-06,,-7.00,B\n", "a credit is negative", 3),
        (ABN.format("100,01"), "no bank's", None),
        (ABN.format("100,00").strip(), "one row without an end", 1),
        ("A,B,C\n1,2,3\n", "no bank's", None),
        ("05/01/2026,A,EUR,9.00,EUR,7.00\n", "no bank's", None),
        ("05/01/2026,A,9.00,-7.00\n", "no bank's", None),
        (CARD.format("SHOP").replace("-5.00", "5.00"), "no sign", 2),
        (SPENT.replace("-5.00", "5.00"), "turned round", 2),
        ("Date,Description,Debit,Credit\n2026-01-05,A,0.00,", "ends before the amount", 2),
        ("2026-01-05,-5.00,A,6.00,7.00,8.00,9.00\n", "no bank's", None),
    ],
)
def test_what_may_be_meant_otherwise_is_refused_with_its_line(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(text)
    assert refused.value.row == row


def test_balances_that_look_like_movements_are_balances_where_all_adds_up():
    (statement,) = read(PAIR)
    assert (amounts(PAIR), statement.opening.micros, statement.ties) == (["5.00 XXX"], 100_000_000, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KNAB.format("C", "D"), ["5.00 XXX", "-7.00 XXX"]),
        (KNAB.format("Debet", "Debet"), ["-5.00 XXX", "-7.00 XXX"]),
        (KNAB.format("C", "C"), ["5.00 XXX", "7.00 XXX"]),
        (KNAB.format("D", "C").replace("5,00", "-5,00"), ["-5.00 XXX", "7.00 XXX"]),
        ("Date,Amount,Balance\n2026-01-05,($5.00),$7.00\n2026-01-06,R$ 1.00,A$8.00\n", ["-5.00 XXX", "1.00 XXX"]),
        ("Date;Text;Amount\n2026-01-05;A;5,00 PLN\n2026-01-06;B;-1,00 PLN\n", ["5.00 PLN", "-1.00 PLN"]),
        ("Datum;Belopp;Valuta\n2026-01-05;5,00;SEK\n", ["5.00 SEK"]),
        ("Datum;Betrag;Soll;Haben\n2026-01-05;;-5,00;\n2026-01-06;;;7,00\n", ["-5.00 XXX", "7.00 XXX"]),
        ("Date,Debit,Credit,Member Name\n2026-01-05,5.00,,A\n2026-01-06,,-7.00,A\n", ["-5.00 XXX", "7.00 XXX"]),
        (ABN.format("100,00"), ["1,220.00 EUR"]),
        (CARD.format("PAYMENT - THANK YOU"), ["5.00 USD", "-7.00 USD"]),
        (CARD.format("SHOP"), ["-5.00 USD", "7.00 USD"]),
        ("05/01/2026,A,9.00,EUR,-7.00\n06/01/2026,A,2.00,EUR,1.00\n", ["-7.00 EUR", "1.00 EUR"]),
        ("05/01/2026,A,9.00,-7.00\n06/01/2026,B,10.00,1.00\n", ["-7.00 AUD", "1.00 AUD"]),
        ("Date;Amount;Description\n2026-01-05;5,00;A;B;C\n", ["5.00 XXX"]),
        ("Date and time,Text,Amount\n10:00 25-01-26,A,5.00\n9:00:01 26-01-26,B,1.00\n", ["5.00 XXX", "1.00 XXX"]),
    ],
)
def test_the_same_is_read_in_every_shape(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("IBAN;Booked At;Text;Amount\nCH1;2026-01-05;A;5.00\nCH1;2026-01-06;B;1.00\n", "CH1"),
        ("IBAN;Booked At;Text;Amount\nCH1;2026-01-05;A;5.00\nCH2;2026-01-06;B;1.00\n", ""),
        ("Datum;Rekening;Omschrijving;Bedrag\n2026-01-05;BE1;A;5,00\n2026-01-06;-;B;1,00\n", ""),
        ("Datum;Rekening;Tegenrekening;Bedrag\n2026-01-05;BE1;BE2;5,00\n2026-01-06;BE1;BE3;1,00\n", "BE1"),
        ("Date,Account,Amount\n2026-01-05,12,5.00\n2026-01-06,none,1.00\n", ""),
    ],
)
def test_an_account_is_ours_only_where_the_table_tells(text, account):
    (statement,) = read(text)
    assert statement.account == account

"""What an invoice needs: the limits to the cent, the buyer's identity from 1,000 AUD, due days, ids, bank accounts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.access.model import SYSTEM
from services.errors import InvalidForm
from services.invoices.judging import elsewhere, names_buyer
from services.invoices.operations import NonceReused, issue_invoice
from services.invoices.pdf import invoice_pdf
from services.invoices.queries import document, invoice, preview_document
from services.money import Money
from tests.invoicing import AT, details, issue, open_shop
from tests.services.invoices.test_paper import printed

TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(database):
    return open_shop(database)


def issued(database, customer, amount, *, currency=None, nonce="n", given=None, **more):
    gross = Money.of(amount, currency or customer.currency)
    facts = {"nonce": nonce, "customer_id": customer.id, "gross": gross, **more}
    wanted = given or details(customer.country)
    return database.act(lambda tx: issue_invoice(tx, by=SYSTEM, details=wanted, **facts), at=AT)


def refused(database, customer, amount, **more):
    with pytest.raises(InvalidForm) as wrong:
        issued(database, customer, amount, **more)
    return wrong.value.fields


def test_the_minimum_to_the_cent_in_every_currency_with_what_it_was_judged_at(database, shop):
    for country, buyer in shop.items():
        enough = {"JP": "45000"}.get(country, "900")
        least = issued(database, buyer, enough, nonce=f"probe-{country}").minimum
        coin = Money.of("1" if buyer.currency == "JPY" else "0.01", buyer.currency)
        below = str((least - coin).amount)
        assert "at least" in refused(database, buyer, below, nonce=f"below-{country}")["amount"]
        made = issued(database, buyer, str(least.amount), nonce=f"least-{country}")
        assert made.gross == made.minimum == least
        assert made.aud_equivalent.micros >= 200_000_000
        assert (made.rate_source, made.rate_on) == (
            ("base currency", TODAY) if country == "AU" else ("European Central Bank", date(2026, 10, 30))
        )


@pytest.mark.parametrize("name", ["-", "n/a", "Unknown", "x", "N. A."])
def test_from_1000_aud_an_australian_buyer_must_be_named_or_have_a_valid_abn(database, shop, name):
    nobody = details("AU", company_name=name, business_id="")
    assert issued(database, shop["AU"], "999.99", given=nobody).gross.text() == "999.99 AUD"
    wrong = refused(database, shop["AU"], "1000.00", given=nobody, nonce="b")
    assert "1000.00 AUD or more names its buyer" in wrong["company_name"].replace(",", "")
    by_abn = replace(nobody, business_id="51 824 753 556")
    assert issued(database, shop["AU"], "1000.00", given=by_abn, nonce="c").gross.text() == "1,000.00 AUD"


def test_the_identity_is_asked_for_by_the_worth_in_aud_and_only_in_australia(database, shop):
    nobody = details("AU", company_name="-", business_id="")
    assert issued(database, shop["AU"], "600", currency="USD", given=nobody).aud_equivalent < Money.of("1000", "AUD")
    assert "company_name" in refused(database, shop["AU"], "900", currency="USD", given=nobody, nonce="b")
    abroad = details("US", company_name="-", business_id="")
    assert issued(database, shop["US"], "9000", given=abroad, nonce="c").tax.micros == 0


@pytest.mark.parametrize(
    ("name", "named"), [("Telstra", True), ("7-Eleven", True), ("Ng", True), ("3M", False), ("---", False)]
)
def test_a_name_has_letters_and_is_no_filler(name, named):
    assert names_buyer(details("AU", company_name=name, business_id="")) is named


@pytest.mark.parametrize(
    ("country", "address", "place"),
    [
        ("AU", "12 rue X\n75001 Paris\nFrance", "France"),
        ("AU", "1 Main Street\nUSA.", "United States"),
        ("AU", "1 Road\nSydney NSW 2000\nAustralia", ""),
        ("AU", "1 Road\nSydney NSW 2000", ""),
        ("FR", "1 Sample Street\nLeeds\nRoyaume-Uni", "United Kingdom"),
        ("FR", "", ""),
    ],
)
def test_an_address_in_another_country_than_the_tax_is_told(shop, country, address, place):
    told = elsewhere(details(country, address=address), shop[country])
    assert (told or "").startswith(f"The address is in {place}," if place else "")
    assert bool(told) == bool(place)


def test_an_invoice_can_be_paid_for_30_days_unless_another_day_within_90_is_chosen(database, shop):
    assert issued(database, shop["AU"], "220").due_on == TODAY + timedelta(days=30)
    assert issued(database, shop["AU"], "220", nonce="b", due_on=TODAY).due_on == TODAY
    latest = TODAY + timedelta(days=90)
    assert issued(database, shop["AU"], "220", nonce="c", due_on=latest).due_on == latest
    past = refused(database, shop["AU"], "220", nonce="d", due_on=TODAY - timedelta(days=1))
    assert past == {"due_on": "2026-11-19 has passed; choose a day from 2026-11-20 on."}
    assert (
        "at most 90 days"
        in refused(database, shop["AU"], "220", nonce="d", due_on=latest + timedelta(days=1))["due_on"]
    )


def test_a_currency_without_a_bank_account_of_ours_is_refused_in_a_sentence(database, shop):
    wrong = refused(database, shop["AU"], "400", currency="NZD")
    assert wrong == {"currency": "We have no active bank account in NZD; invoice in another currency or open one."}


@pytest.mark.parametrize(
    ("country", "given"), [("AU", "51 824 753 557"), ("FR", "FR 40 303265046"), ("GB", "GB 980 7806 85")]
)
def test_a_wrong_business_id_is_refused(database, shop, country, given):
    wrong = refused(database, shop[country], "900", given=details(country, business_id=given))
    assert list(wrong) == ["business_id"]
    assert "check" in wrong["business_id"]


def test_the_purchase_order_number_is_kept_and_printed_and_part_of_what_was_asked(database, shop):
    made = issued(database, shop["AU"], "220", po_number="  PO-4711 / b ")
    assert made.po_number == "PO-4711 / b"
    with database.read() as conn:
        assert invoice(conn, made.id).po_number == "PO-4711 / b"
        assert "PO-4711 / b" in printed(invoice_pdf(document(conn, made.id)))
    assert issued(database, shop["AU"], "220", po_number="PO-4711 / b") == made
    with pytest.raises(NonceReused):
        issued(database, shop["AU"], "220", po_number="PO-4712")
    assert "40" in refused(database, shop["AU"], "220", nonce="b", po_number="x" * 41)["po_number"]


def test_the_preview_is_the_paper_with_a_mark_for_its_number_and_reference(database, shop):
    due = TODAY + timedelta(days=14)
    made = issued(database, shop["FR"], "900", due_on=due, po_number="BC 9")
    with database.read() as conn:
        drawn = preview_document(
            conn,
            customer_id=shop["FR"].id,
            gross=made.gross,
            details=made.details,
            on=TODAY,
            due_on=due,
            po_number="BC 9",
        )
        paper = document(conn, made.id)
    assert replace(drawn, number=made.number, reference=made.reference) == paper
    assert invoice_pdf(replace(drawn, number=made.number, reference=made.reference)) == invoice_pdf(paper)
    assert "attribué à l’émission" in printed(invoice_pdf(drawn))


def test_issuing_again_the_same_form_stays_one_invoice(database, shop):
    first = issue(database, shop["AU"], "300.00", nonce="form")
    assert issue(database, shop["AU"], "300.00", nonce="form") == first

"""Invoice requests: what is missing, who owns them, and states that nobody types."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from services.access import people
from services.access.model import SYSTEM, Principal, Role
from services.customers.model import InvoiceDetails
from services.customers.operations import change_invoice_details
from services.errors import InvalidForm, Stale
from services.invoices.ending import void_invoice
from services.invoices.operations import issue_invoice, record_payment
from services.money import Money
from services.periods import Period
from services.requests.model import Asked, Channel, RequestStatus
from services.requests.operations import (
    NotAnOwner,
    NotNow,
    assign_request,
    cancel_request,
    change_request,
    open_request,
    reopen_request,
)
from services.requests.queries import (
    NoRequest,
    Wanted,
    owners,
    page,
    request,
    request_of_form,
    standing,
    steps,
    waiting,
    waiting_of,
)
from services.requests.tables import invoice_request, invoice_request_step
from tests.invoicing import AT, details, open_shop

TODAY = date(2026, 11, 20)
NAMELESS = details("AU", company_name="n/a", business_id="")
NOTHING = InvoiceDetails("", language="")


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def staff(database):
    def let_in(tx):
        return {
            role: Principal(
                people.create_person(tx, by=SYSTEM, name=f"{role} one", email=f"{role}@x.example", role=role).person_id,
                f"{role} one",
                role,
            )
            for role in Role
        }

    return database.act(let_in, at=AT)


def asked(buyer, amount="550", **changes):
    gross = Money.of(amount, buyer.currency) if amount else None
    whole = Asked(buyer.id, buyer.currency, gross, details(buyer.country), Channel.EMAIL, TODAY, "4711")
    return replace(whole, **changes)


def opened(database, wanted, *, by=SYSTEM, nonce="n"):
    return database.act(lambda tx: open_request(tx, by=by, nonce=nonce, asked=wanted), at=AT)


def act(database, operation, **facts):
    return database.act(lambda tx: operation(tx, **({"by": SYSTEM} | facts)), at=AT)


def invoiced(database, found, **changes):
    """Issue the invoice of a request as the filled form does."""
    facts = {"customer_id": found.customer.id, "gross": found.asked.gross, "details": found.details} | changes
    return act(database, issue_invoice, nonce=found.form, **facts)


def test_a_whole_request_is_received_and_belongs_to_who_took_it(database, shop, staff):
    found = opened(database, asked(shop["AU"]), by=staff[Role.SUPPORT])
    assert (found.status, dict(found.missing), found.owner) == (RequestStatus.RECEIVED, {}, "support one")
    with database.read() as conn:
        assert [(one.did, one.said) for one in steps(conn, found.id)] == [("Received", "By e-mail, ticket 4711")]
        assert request_of_form(conn, found.form, on=TODAY) == found == request(conn, found.id, on=TODAY)
        assert waiting(conn) == 1
        assert waiting_of(conn, customer_id=shop["AU"].id, on=TODAY) == [found]


def test_taken_down_twice_by_one_form_is_one_request(database, shop):
    first = opened(database, asked(shop["AU"]))
    assert opened(database, asked(shop["AU"], "990")) == first


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"gross": None}, ["amount"]),
        ({"gross": Money.of("199.99", "AUD")}, ["amount"]),
        ({"currency": "NZD", "gross": Money.of("400", "NZD")}, ["currency"]),
        ({"details": details("AU", email="", contact_phone="")}, ["contact_phone"]),
        ({"details": details("AU", address="", business_id="")}, ["address"]),
        ({"details": details("AU", business_id="51 824 753 557")}, ["business_id"]),
        ({"details": NAMELESS, "gross": Money.of("1000", "AUD")}, ["company_name"]),
        ({"details": NAMELESS, "gross": Money.of("999.99", "AUD")}, []),
    ],
)
def test_what_an_invoice_needs_and_was_not_said_makes_it_incomplete(database, shop, changes, missing):
    found = opened(database, asked(shop["AU"], **changes))
    assert sorted(found.missing) == missing
    assert found.status is (RequestStatus.INCOMPLETE if missing else RequestStatus.RECEIVED)


def test_what_the_customers_invoices_print_need_not_be_said_again(database, shop):
    found = opened(database, asked(shop["FR"], "900", details=NOTHING))
    assert {"address", "contact_name", "contact_phone"} == set(found.missing)
    act(database, change_invoice_details, customer_id=shop["FR"].id, details=details("FR"), reason="known now")
    with database.read() as conn:
        later = request(conn, found.id, on=TODAY)
    assert (later.status, later.details.language) == (RequestStatus.RECEIVED, "fr")
    assert later.details == details("FR").tidied()


def test_issued_and_paid_follow_from_the_invoice_and_void_cancels_until_it_is_taken_up_again(database, shop):
    found = opened(database, asked(shop["AU"]))
    made = invoiced(database, found)
    with database.read() as conn:
        issued = request(conn, found.id, on=TODAY)
    assert (issued.status, issued.outcome.number) == (RequestStatus.ISSUED, made.number)
    with pytest.raises(NotNow, match="became INV-2026-000001; void that invoice"):
        act(database, cancel_request, request_id=found.id, reason="no")
    act(database, void_invoice, invoice_id=made.id, reason="wrong amount")
    with database.read() as conn:
        assert request(conn, found.id, on=TODAY).status is RequestStatus.CANCELLED
        assert waiting(conn) == 0
    again = act(database, reopen_request, request_id=found.id, reason="still wanted")
    assert (again.status, again.outcome) == (RequestStatus.RECEIVED, None)
    assert again.form != found.form
    second = invoiced(database, again)
    paid = {"invoice_id": second.id, "paid": second.gross, "fee": Money(0, "AUD"), "net": second.net}
    database.act(lambda tx: record_payment(tx, **paid), at=AT)
    with database.read() as conn:
        assert request(conn, found.id, on=TODAY).status is RequestStatus.PAID
        history = [one.did for one in steps(conn, found.id)]
    assert history == ["Received", "Taken up again"]


def test_a_change_is_told_in_the_history_and_refused_when_stale_or_too_late(database, shop):
    found = opened(database, asked(shop["AU"], None))
    whole = asked(shop["AU"], "660", ticket_id="4712")
    changed = act(database, change_request, request_id=found.id, asked=whole, expected_version=1)
    assert (changed.status, changed.version) == (RequestStatus.RECEIVED, 2)
    assert act(database, change_request, request_id=found.id, asked=whole, expected_version=2) == changed
    with database.read() as conn:
        assert steps(conn, found.id)[-1].said == "amount, ticket"
    with pytest.raises(Stale):
        act(database, change_request, request_id=found.id, asked=asked(shop["AU"], "770"), expected_version=1)
    invoiced(database, changed)
    with pytest.raises(NotNow, match="is issued"):
        act(database, change_request, request_id=found.id, asked=asked(shop["AU"], "770"), expected_version=2)


def test_a_request_is_given_to_support_or_accounting_and_back(database, shop, staff):
    found = opened(database, asked(shop["AU"]))
    assert (found.owner_id, found.owner) == (None, "")
    mine = act(database, assign_request, request_id=found.id, owner_id=staff[Role.ACCOUNTING].person_id)
    assert mine.owner == "accounting one"
    with pytest.raises(NotAnOwner):
        act(database, assign_request, request_id=found.id, owner_id=staff[Role.MANAGER].person_id)
    with pytest.raises(NotAnOwner):
        act(database, assign_request, request_id=found.id, owner_id=9_999)
    assert act(database, assign_request, request_id=found.id, owner_id=None).owner == ""
    with database.read() as conn:
        assert list(owners(conn).values()) == ["accounting one", "support one"]
        assert [one.did for one in steps(conn, found.id)] == ["Received", "Given to", "Given back"]


def test_a_cancelled_request_has_a_reason_and_can_be_taken_up_again(database, shop):
    found = opened(database, asked(shop["AU"]))
    with pytest.raises(InvalidForm, match="why"):
        act(database, cancel_request, request_id=found.id, reason=" ")
    gone = act(database, cancel_request, request_id=found.id, reason="pays by card")
    assert (gone.status, gone.cancel_reason) == (RequestStatus.CANCELLED, "pays by card")
    for operation, facts in (
        (cancel_request, {"reason": "x"}),
        (assign_request, {"owner_id": None}),
        (change_request, {"asked": asked(shop["AU"]), "expected_version": 2}),
    ):
        with pytest.raises(NotNow):
            act(database, operation, request_id=found.id, **facts)
    again = act(database, reopen_request, request_id=found.id, reason="changed its mind")
    assert (again.status, again.form) == (RequestStatus.RECEIVED, found.form)
    with pytest.raises(NotNow, match="only a cancelled one"):
        act(database, reopen_request, request_id=found.id, reason="x")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"gross": Money.of("-5", "AUD")}, "amount"),
        ({"gross": Money.of("0", "AUD")}, "amount"),
        ({"currency": "XXX", "gross": None}, "currency"),
        ({"ticket_id": "x" * 61}, "ticket_id"),
        ({"note": "x" * 1001}, "note"),
        ({"po_number": "1\x07"}, "po_number"),
        ({"details": details("AU", contact_name="x" * 201)}, "contact_name"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(database, shop, changes, field):
    with pytest.raises(InvalidForm) as wrong:
        opened(database, asked(shop["AU"], **changes))
    assert list(wrong.value.fields) == [field]
    with database.read() as conn:
        assert page(conn, on=TODAY, wanted=Wanted(every=True)).total == 0


def test_the_queue_is_filtered_in_the_database(database, shop, staff):
    late = asked(shop["AU"], received_on=TODAY - timedelta(days=9))
    old = opened(database, late, nonce="a", by=staff[Role.SUPPORT])
    bare = opened(database, asked(shop["US"], None, ticket_id="T-99"), nonce="b")
    done = opened(database, asked(shop["FR"], "900"), nonce="c")
    invoiced(database, done)
    gone = opened(database, asked(shop["JP"], "45000"), nonce="d")
    act(database, cancel_request, request_id=gone.id, reason="no")
    first_days = Period(date(2026, 11, 1), date(2026, 11, 15))
    expected = {
        Wanted(): [old.id, bare.id],
        Wanted(every=True): [gone.id, done.id, bare.id, old.id],
        Wanted(status=RequestStatus.RECEIVED): [old.id],
        Wanted(status=RequestStatus.INCOMPLETE): [bare.id],
        Wanted(status=RequestStatus.ISSUED): [done.id],
        Wanted(status=RequestStatus.PAID): [],
        Wanted(status=RequestStatus.CANCELLED): [gone.id],
        Wanted(owner_id=staff[Role.SUPPORT].person_id): [old.id],
        Wanted(owner_id=0): [bare.id],
        Wanted(currency="USD"): [bare.id],
        Wanted(customer_id=shop["US"].id): [bare.id],
        Wanted(text="t-99"): [bare.id],
        Wanted(text="INV-2026", every=True): [done.id],
        Wanted(every=True, period=first_days): [bare.id, old.id],
    }
    with database.read() as conn:
        assert {wanted: list(page(conn, on=TODAY, wanted=wanted).rows["id"]) for wanted in expected} == expected
        second = page(conn, on=TODAY, wanted=Wanted(every=True), page=2, size=3)
        assert (list(second.rows["id"]), second.total) == ([old.id], 4)
        figures = standing(conn, on=TODAY)
    assert (figures.received, figures.incomplete, figures.nobodys, figures.unpaid) == (1, 1, 1, 1)
    assert figures.oldest_on == TODAY - timedelta(days=9)
    assert old.age(TODAY) == 9


def test_a_request_that_is_not_there(database, shop):
    with pytest.raises(NoRequest), database.read() as conn:
        request(conn, 77, on=TODAY)


def test_the_database_keeps_requests_and_their_history(database, shop):
    opened(database, asked(shop["AU"]))
    for statement in (
        delete(invoice_request),
        delete(invoice_request_step),
        update(invoice_request_step).values(said="another story"),
    ):
        with pytest.raises(DBAPIError, match="never"), database.write() as tx:
            tx.conn.execute(statement)

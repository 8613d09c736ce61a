"""What is queued by issuing, crediting and paying, and what people do about single messages; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.access.model import SYSTEM
from services.company.queries import company
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.invoices.credit_note import Cause, CreditNote
from services.invoices.crediting import credit_invoice
from services.invoices.ending import expire_invoices, void_invoice
from services.invoices.life import NotNow
from services.invoices.mailing import queue_invoice, remind, send_again, send_invoice
from services.invoices.model import Invoice
from services.invoices.operations import issue_invoice
from services.invoices.sending import send_many
from services.mail import operations as mail
from services.mail import outbox, queries
from services.mail.letter import letter
from services.mail.model import Mail, MailKind, MailState, NotThatState, Unmarked, Via
from services.mail.sending import send_due
from services.mail.tables import mail_message
from services.money import Money
from services.payments.operations import undo_allocation
from services.wiring.mailing import paper_of
from tests.invoicing import AT, details, issue, open_shop
from tests.mailing import PostOffice, post_office, short_paper
from tests.receiving import receive

LATER = AT + timedelta(seconds=1)
DAY = timedelta(days=1)
WHY = {"by": SYSTEM, "reason": "the customer asked"}


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def sent_on_issue(database: Database, buyer: Customer, amount: str = "1100", nonce: str = "first") -> Invoice:
    return database.act(
        lambda tx: issue_invoice(
            tx, by=SYSTEM, nonce=nonce, customer_id=buyer.id, gross=Money.of(amount, buyer.currency),
            details=details(buyer.country), send=True,
        ),
        at=AT,
    )  # fmt: skip


def about(database: Database, invoice: Invoice) -> list[Mail]:
    with database.read() as conn:
        return queries.mails_of_invoice(conn, invoice.id)


def kept(database: Database, at=LATER) -> None:
    """Everything due is put in the mail room."""
    assert list(send_due(database, by=SYSTEM, courier=None, papers=short_paper, at=at)) is not None


def receipts_on(database: Database) -> None:
    database.act(lambda tx: mail.choose_receipts(tx, by=SYSTEM, on=True, reason="rule 26"), at=AT)


def test_issuing_puts_the_invoice_in_the_outbox_once(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["FR"])
    assert sent_on_issue(database, shop["FR"]) == made
    [one] = about(database, made)
    assert (one.kind, one.state, one.language, one.to) == (MailKind.INVOICE, MailState.QUEUED, "fr", made.details.email)
    assert one.subject.startswith(f"Facture {made.number} de Harbour Messaging")
    assert "OUR" in one.facts["fee_note"]


def test_issuing_without_sending_puts_nothing_there(database: Database, shop: dict[str, Customer]) -> None:
    assert about(database, issue(database, shop["AU"], "1100", nonce="first")) == []


def test_a_later_version_goes_as_a_corrected_copy(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=made, version=2), at=AT)
    [one] = about(database, made)
    assert (one.kind, one.version) == (MailKind.CORRECTED_COPY, 2)


def credited(database: Database, made: Invoice) -> CreditNote:
    """A tenth of it is credited, and the note e-mailed."""
    note = database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="note", invoice_id=made.id, gross=Money.of("110", "AUD"), cause=Cause.PRICE,
            reason="agreed discount", send=True,
        ),
        at=AT,
    )  # fmt: skip
    assert isinstance(note, CreditNote)
    return note


def test_a_credit_note_goes_out_with_its_own_paper(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    note = credited(database, made)
    [one] = about(database, made)
    assert (one.kind, one.number, one.facts["why"]) == (MailKind.CREDIT_NOTE, note.number, "agreed discount")
    paper = paper_of(database, one)
    assert paper.name == f"Adjustment_note_{note.number}.pdf"
    assert paper.content.startswith(b"%PDF")


def test_receipts_are_told_only_where_that_is_chosen(database: Database, shop: dict[str, Customer]) -> None:
    first = issue(database, shop["AU"], "1100", nonce="first")
    receive(database, first, "1100")
    assert about(database, first) == []
    receipts_on(database)
    second = issue(database, shop["AU"], "550", nonce="second")
    receive(database, second, "550")
    [one] = about(database, second)
    assert (one.kind, one.facts["credit"]) == (MailKind.PAYMENT_RECEIVED, "AUD\u00a0500.00")


@pytest.mark.parametrize("case", ["AU 1000 part", "GB 985 fee", "FR 985 part"])
def test_a_short_receipt_says_what_is_left(database: Database, shop: dict[str, Customer], case: str) -> None:
    country, amount, short = case.split()
    receipts_on(database)
    made = issue(database, shop[country], "1100" if country == "AU" else "1000", nonce="first")
    receive(database, made, amount, short=short)
    [one] = about(database, made)
    assert one.kind is MailKind.SHORT_PAYMENT
    subjects = {"AU": "100.00 still open", "GB": "Payment received for invoice", "FR": "à payer"}
    assert subjects[country] in one.subject


def test_a_receipt_taken_back_cancels_what_was_to_be_said_of_it(database: Database, shop: dict[str, Customer]) -> None:
    receipts_on(database)
    made = issue(database, shop["AU"], "1100", nonce="first")
    taken = receive(database, made, "1100")
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=taken.id, reason="wrong invoice"), at=AT)
    [one] = about(database, made)
    assert (one.state, one.said) == (MailState.CANCELLED, "Ledgerdesk: the receipt was taken back")


def test_a_void_invoice_is_not_sent(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    database.act(lambda tx: void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="twice"), at=AT)
    assert [one.state for one in about(database, made)] == [MailState.CANCELLED]


def test_a_void_or_expired_invoice_is_not_mailed_by_hand_nor_again(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = sent_on_issue(database, shop["AU"])
    first = about(database, made)[0]
    database.act(lambda tx: void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="twice"), at=AT)
    with pytest.raises(NotNow, match="is void and asks for nothing"):
        database.act(lambda tx: send_invoice(tx, by=SYSTEM, invoice_id=made.id), at=AT)
    with pytest.raises(NotNow, match="is void and asks for nothing"):
        database.act(lambda tx: send_again(tx, mail_id=first.id, to=first.to, nonce="n", **WHY), at=AT)
    done = database.act(lambda tx: send_many(tx, invoice_ids=[made.id], nonce="n", **WHY), at=AT)
    assert (done.queued, len(done.refused)) == (0, 1)


@pytest.mark.parametrize(
    ("paid", "said", "not_said"),
    [
        ("1100", "Nothing more is to be paid on it", "Payment reference"),
        ("400", "Total to pay: AUD 700.00", "Total to pay: AUD 1,100.00"),
    ],
)
def test_a_copy_sent_again_asks_only_for_what_is_open_by_now(
    database: Database, shop: dict[str, Customer], paid: str, said: str, not_said: str
) -> None:
    made = sent_on_issue(database, shop["AU"])
    kept(database)
    first = about(database, made)[0]
    receive(database, made, paid, short="part")
    again = database.act(lambda tx: send_again(tx, mail_id=first.id, to=first.to, nonce="n", **WHY), at=LATER)
    with database.read() as conn:
        now, company_ = queries.mail(conn, again), company(conn)
    told = " ".join(letter(now.kind, now.language, now.facts, company=company_).text.split())
    assert said in told
    assert not_said not in told


def test_a_reminder_is_not_sent_again_once_its_invoice_is_paid(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    reminder = database.act(lambda tx: remind(tx, by=SYSTEM, invoice_id=made.id), at=AT)
    kept(database)
    receive(database, made, "1100")
    with pytest.raises(NotNow, match="is paid; there is nothing to remind of"):
        database.act(lambda tx: send_again(tx, mail_id=reminder, to="a@b.example", nonce="n", **WHY), at=LATER)


def test_a_letter_about_another_thing_is_sent_again_as_it_was(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    credited(database, made)
    kept(database)
    [first] = about(database, made)
    assert first.kind is MailKind.CREDIT_NOTE
    again = database.act(lambda tx: send_again(tx, mail_id=first.id, to=first.to, nonce="n", **WHY), at=LATER)
    with database.read() as conn:
        assert queries.mail(conn, again).facts == first.facts


def test_what_waits_about_an_expired_invoice_is_not_sent(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    after = AT + (made.due_on - made.issued_on) + DAY
    database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=after)
    assert [(one.state, one.said) for one in about(database, made)] == [
        (MailState.CANCELLED, f"Ledgerdesk: {made.number} has expired")
    ]


def test_a_reminder_that_waits_is_not_sent_once_its_invoice_is_paid(
    database: Database, shop: dict[str, Customer]
) -> None:
    made = sent_on_issue(database, shop["AU"])
    database.act(lambda tx: remind(tx, by=SYSTEM, invoice_id=made.id), at=AT)
    receive(database, made, "1000", short="part")
    waits = {one.kind: one.state for one in about(database, made)}
    assert waits[MailKind.REMINDER] is MailState.QUEUED  # money is still expected
    receive(database, made, "100", key="rest")
    now = {one.kind: (one.state, one.said) for one in about(database, made)}
    assert now[MailKind.REMINDER] == (MailState.CANCELLED, f"Ledgerdesk: {made.number} is paid by now")
    assert now[MailKind.INVOICE] == (MailState.QUEUED, "")


def test_a_reminder_once_a_day_and_only_while_money_is_expected(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    days = [AT, AT + timedelta(hours=1), AT + timedelta(days=1)]
    ids = [database.act(lambda tx: remind(tx, by=SYSTEM, invoice_id=made.id), at=day) for day in days]
    assert ids[0] == ids[1] != ids[2]
    receive(database, made, "1100")
    with pytest.raises(NotNow, match="nothing to remind of"):
        database.act(lambda tx: remind(tx, by=SYSTEM, invoice_id=made.id), at=AT)


def test_by_hand_the_address_is_looked_at(database: Database, shop: dict[str, Customer]) -> None:
    made = issue(database, shop["AU"], "1100", nonce="first")
    for bad in ("nobody", "a@b", "a@b.example\nBcc: x@y.example", "a b@c.example"):
        with pytest.raises(InvalidForm, match="Enter one e-mail address"):
            database.act(lambda tx, bad=bad: send_invoice(tx, by=SYSTEM, invoice_id=made.id, to=bad), at=AT)
    ids = [database.act(lambda tx: send_invoice(tx, by=SYSTEM, invoice_id=made.id), at=AT) for _ in range(2)]
    assert ids[0] == ids[1]


def test_resending_is_a_row_of_its_own_with_who_and_why(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    [first] = about(database, made)

    def again(nonce: str, to: str = "boss@buyer.example") -> int:
        return database.act(lambda tx: mail.resend(tx, mail_id=first.id, to=to, nonce=nonce, **WHY), at=LATER)

    with pytest.raises(NotThatState, match="It is queued"):
        again("n1")
    kept(database)
    made_id = again("n1")
    assert again("n1") == made_id, "a form sent twice"
    assert again("n2") != made_id, "another form is another wish"
    [_, second, _] = about(database, made)
    assert (second.again_of_id, second.reason, second.to) == (first.id, "the customer asked", "boss@buyer.example")
    assert second.message_id != first.message_id
    with pytest.raises(InvalidForm, match="Say why"):
        database.act(
            lambda tx: mail.resend(tx, by=SYSTEM, mail_id=first.id, to=first.to, reason=" ", nonce="n3"), at=LATER
        )


def test_cancelling_and_hurrying_what_waits(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    [one] = about(database, made)
    with post_office(PostOffice(to_recipient=lambda _: "451 later")) as office, office.courier() as courier:
        list(send_due(database, by=SYSTEM, courier=courier, papers=short_paper, at=AT))
    hurried = database.act(lambda tx: mail.try_now(tx, by=SYSTEM, mail_id=one.id), at=LATER)
    assert hurried.next_at == LATER
    gone = database.act(lambda tx: mail.cancel(tx, mail_id=one.id, **WHY), at=LATER)
    assert (gone.state, gone.said) == (MailState.CANCELLED, "Ledgerdesk: the customer asked")
    for act in (mail.cancel, mail.settle_uncertain, mail.record_bounce):
        more = {"arrived": True} if act is mail.settle_uncertain else {}
        with pytest.raises(NotThatState):
            database.act(lambda tx, act=act, more=more: act(tx, mail_id=one.id, **WHY, **more), at=LATER)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_person_settles_what_is_uncertain(database: Database, shop: dict[str, Customer], *, arrived: bool) -> None:
    made = sent_on_issue(database, shop["AU"])
    fate = "vanish" if arrived else "lose"
    with post_office(PostOffice(to_message=lambda _: fate)) as office:
        with office.courier() as courier:
            list(send_due(database, by=SYSTEM, courier=courier, papers=short_paper, at=AT))
        [one] = about(database, made)
        office.to_message = lambda _: ""
        database.act(lambda tx: mail.settle_uncertain(tx, mail_id=one.id, arrived=arrived, **WHY), at=LATER)
        with office.courier() as courier:
            list(send_due(database, by=SYSTEM, courier=courier, papers=short_paper, at=LATER))
        assert len(office.taken) == 1
    [found] = about(database, made)
    assert (found.state, found.via) == (MailState.SENT, Via.SMTP)
    assert office.taken[0].message["Message-ID"] == one.message_id


def test_what_came_back_marks_its_address_until_that_is_lifted(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    kept(database)
    [one] = about(database, made)
    back = database.act(lambda tx: mail.record_bounce(tx, mail_id=one.id, by=SYSTEM, reason="mailbox full"), at=LATER)
    assert (back.state, back.said) == (MailState.FAILED, "Came back: mailbox full")
    with pytest.raises(InvalidForm, match="came back"):
        database.act(lambda tx: mail.resend(tx, mail_id=one.id, to=one.to.upper(), nonce="n", **WHY), at=LATER)
    database.act(lambda tx: mail.lift_mark(tx, address=one.to, **WHY), at=LATER)
    with pytest.raises(Unmarked):
        database.act(lambda tx: mail.lift_mark(tx, address=one.to, **WHY), at=LATER)
    assert database.act(lambda tx: mail.resend(tx, mail_id=one.id, to=one.to, nonce="n", **WHY), at=LATER)


def test_pages_filters_and_counts(database: Database, shop: dict[str, Customer]) -> None:
    for number in range(3):
        sent_on_issue(database, shop["AU"], nonce=f"au{number}")
    french = sent_on_issue(database, shop["FR"], nonce="fr")
    kept(database)
    database.act(lambda tx: remind(tx, by=SYSTEM, invoice_id=french.id), at=LATER)
    wanted = queries.Filters(begins=AT, ends=AT + timedelta(days=1))
    with database.read() as conn:
        first = queries.page(conn, wanted=wanted, page=1, size=3)
        assert (len(first.rows), first.total) == (3, 5)
        assert first.rows["kind"].iloc[0] == "reminder"
        narrowed = [
            queries.Filters(state=MailState.QUEUED),
            queries.Filters(kind=MailKind.REMINDER),
            queries.Filters(customer_id=shop["FR"].id, kind=MailKind.REMINDER),
            queries.Filters(text=french.number, state=MailState.QUEUED),
        ]
        assert [queries.page(conn, wanted=each).total for each in narrowed] == [1] * 4
        assert queries.page(conn, wanted=queries.Filters(ends=AT)).total == 0
        assert queries.page(conn, wanted=queries.Filters(text="100%")).total == 0
        assert queries.unsettled(conn)[MailState.QUEUED] == 1
        assert queries.due_count(conn, at=LATER) == 1


def test_the_database_refuses_a_second_row_of_a_key(database: Database, shop: dict[str, Customer]) -> None:
    made = sent_on_issue(database, shop["AU"])
    [one] = about(database, made)
    database.act(lambda tx: outbox.queue(tx, by=SYSTEM, wanted=one.wanted), at=LATER)
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(mail_message)).scalar_one() == 1

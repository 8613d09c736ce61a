"""Sending on both databases against a real server on loopback: what it answers, and what then stands in the outbox."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from services.access.model import SYSTEM, NotAllowed, Principal, Role
from services.db.engine import Database
from services.errors import Refused
from services.gateways.mail import Answer, Outcome
from services.invoices.mailing import queue_invoice, send_invoice
from services.invoices.model import Invoice
from services.jobs.operations import hold, release
from services.mail import outbox, queries
from services.mail.model import LEASE, MOST_TRIES, LostLease, Mail, MailState, Via, pause_after
from services.mail.sending import Round, send_due
from tests.invoicing import AT, issue, open_shop
from tests.mailing import PDF, PostOffice, post_office, short_paper

SOON = timedelta(seconds=1)


@pytest.fixture
def made(database: Database) -> Invoice:
    """An invoice of an Australian customer."""
    return issue(database, open_shop(database)["AU"], "1100", nonce="first")


def queued(database: Database, invoice: Invoice, to: str = "") -> int:
    return database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=invoice, to=to), at=AT)


def look(database: Database, mail_id: int) -> Mail:
    with database.read() as conn:
        return queries.mail(conn, mail_id)


def go_round(database: Database, office: PostOffice | None, at=AT + SOON, papers=short_paper, **more) -> Round | None:
    """Send what is due; what the last step told."""
    courier = office.courier(**more) if office else None
    told = list(send_due(database, by=SYSTEM, courier=courier, papers=papers, at=at))
    return told[-1] if told else None


def test_a_message_goes_out_once_with_its_paper(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    assert queued(database, made) == mail_id
    assert queued(database, made, made.details.email.upper()) == mail_id
    with post_office() as office:
        assert go_round(database, office) == Round(total=1, sent=1)
        assert go_round(database, office) is None
        [taken] = office.taken
    assert (taken.to, taken.return_path) == (made.details.email, f"bounce+{mail_id}@harbour.example")
    [paper] = taken.message.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == (f"Invoice_{made.number}.pdf", PDF)
    found = look(database, mail_id)
    assert (found.state, found.via, found.attempts) == (MailState.SENT, Via.SMTP, 1)
    assert found.sha256 == hashlib.sha256(taken.content).hexdigest()
    with database.read() as conn:
        assert queries.content(conn, found.sha256) == taken.content
    assert taken.message["Message-ID"] == found.message_id


def test_nothing_of_an_undone_transaction_is_sent(database: Database, made: Invoice) -> None:
    def fails(tx) -> None:
        queue_invoice(tx, by=SYSTEM, invoice=made)
        raise Refused("on second thoughts")

    with pytest.raises(Refused):
        database.act(fails, at=AT)
    with post_office() as office:
        assert go_round(database, office) is None
        assert office.taken == []


@pytest.mark.parametrize("place", ["to_recipient", "to_message"])
def test_a_temporary_refusal_is_tried_again_after_a_doubling_pause(
    database: Database, made: Invoice, place: str
) -> None:
    mail_id = queued(database, made)
    with post_office(PostOffice(**{place: lambda _: "451 greylisted"})) as office:
        at = AT + SOON
        for attempt in range(1, 4):
            assert go_round(database, office, at=at) == Round(total=1, later=1)
            found = look(database, mail_id)
            assert (found.state, found.attempts, found.said) == (MailState.QUEUED, attempt, "451 greylisted")
            assert found.next_at == at + timedelta(seconds=60 * 2 ** (attempt - 1))
            assert go_round(database, office, at=found.next_at - SOON) is None
            at = found.next_at
        setattr(office, place, lambda _: "")
        assert go_round(database, office, at=at) == Round(total=1, sent=1)
        assert len(office.taken) == 1


def test_it_is_given_up_after_ten_tries(database: Database, made: Invoice) -> None:
    mail_id, at = queued(database, made), AT
    with post_office(PostOffice(to_recipient=lambda _: "450 busy")) as office:
        for _ in range(MOST_TRIES):
            go_round(database, office, at=at)
            at = look(database, mail_id).next_at or at
        found = look(database, mail_id)
        assert (found.state, found.attempts) == (MailState.FAILED, MOST_TRIES)
        assert found.said == "Given up after 10 tries. 450 busy"
        assert go_round(database, office, at=at + timedelta(days=1)) is None


def test_pauses_double_from_a_minute() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, MOST_TRIES + 1)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert pauses[-1] is None


def test_an_unknown_recipient_fails_and_marks_the_address(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    with post_office(PostOffice(to_recipient=lambda _: "550 5.1.1 no such mailbox")) as office:
        assert go_round(database, office) == Round(total=1, failed=1)
    found = look(database, mail_id)
    assert (found.state, found.said) == (MailState.FAILED, "550 5.1.1 no such mailbox")
    with database.read() as conn:
        [mark] = queries.marked_addresses(conn)
        assert queries.bounced_for(conn, customer_id=made.customer_id) == [mark]
    assert (mark.address, mark.mail_id) == (made.details.email, mail_id)
    other = database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=made, version=2), at=AT)
    assert look(database, other).state is MailState.FAILED
    assert "came back before: 550 5.1.1" in look(database, other).said


def test_a_refused_message_marks_no_address(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    with post_office(PostOffice(to_message=lambda _: "554 looks like spam")) as office:
        assert go_round(database, office) == Round(total=1, failed=1)
    assert look(database, mail_id).said == "554 looks like spam"
    with database.read() as conn:
        assert queries.marked_addresses(conn) == []


def test_a_server_that_is_away_stops_the_round_and_loses_nothing(database: Database, made: Invoice) -> None:
    ids = [queued(database, made), queued(database, made, "second@buyer.example")]
    with post_office() as office:
        pass  # closed again
    last = go_round(database, office)
    assert last is not None
    assert (last.later, last.stopped.startswith("The mail server did not let us in")) == (1, True)
    assert [look(database, mail_id).attempts for mail_id in ids] == [1, 0]


@pytest.mark.parametrize("fate", ["lose", "vanish"])
def test_no_answer_to_a_whole_message_is_left_to_a_person(database: Database, made: Invoice, fate: str) -> None:
    mail_id = queued(database, made)
    with post_office(PostOffice(to_message=lambda _: fate)) as office:
        assert go_round(database, office) == Round(total=1, uncertain=1)
        assert go_round(database, office, at=AT + timedelta(days=1)) is None
        assert len(office.taken) == (fate == "vanish")
    found = look(database, mail_id)
    assert found.state is MailState.UNCERTAIN
    assert "Message-ID" in found.said


def test_a_server_that_takes_too_long_to_answer_leaves_it_uncertain(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    with post_office(PostOffice(to_message=lambda _: "wait")) as office:
        assert go_round(database, office, timeout=0.5) == Round(total=1, uncertain=1)
        assert len(office.taken) == 1
    assert look(database, mail_id).state is MailState.UNCERTAIN


def test_one_connection_broken_does_not_end_the_round(database: Database, made: Invoice) -> None:
    for name in ("a", "b", "c"):
        queued(database, made, f"{name}@buyer.example")
    office = PostOffice(to_message=lambda to: "lose" if to.startswith("a@") else "")
    with post_office(office):
        assert go_round(database, office) == Round(total=3, sent=2, uncertain=1)
    assert sorted(one.to for one in office.taken) == ["b@buyer.example", "c@buyer.example"]


def test_what_a_dead_process_leased_waits_again_unless_it_was_handed_over(database: Database, made: Invoice) -> None:
    first, second = queued(database, made), queued(database, made, "second@buyer.example")
    leased = [database.act(outbox.claim, at=AT) for _ in range(2)]
    assert [one.id for one in leased if one] == [first, second]
    assert database.act(outbox.claim, at=AT) is None
    database.act(lambda tx: outbox.hand_over(tx, mail=leased[1], content=b"x"), at=AT)
    with post_office() as office:
        assert go_round(database, office, at=AT + LEASE - SOON) is None
        assert go_round(database, office, at=AT + LEASE) == Round(total=1, sent=1)
        assert [one.to for one in office.taken] == [made.details.email]
    assert look(database, second).state is MailState.UNCERTAIN


def test_a_slow_process_whose_message_was_taken_over_sends_nothing(database: Database, made: Invoice) -> None:
    """Its lease ended while the text was on its way: the last dot is never sent, so the server keeps nothing."""
    mail_id = queued(database, made)

    def slow_paper(books: Database, mail: Mail):
        books.act(outbox.begin, at=AT + LEASE + SOON)  # another process finds the lease to be over
        return short_paper(books, mail)

    with post_office() as office:
        go_round(database, office, at=AT, papers=slow_paper)
        assert office.taken == []
        assert look(database, mail_id).state is MailState.QUEUED
        assert go_round(database, office, at=AT + LEASE + 2 * SOON) == Round(total=1, sent=1)


def test_a_lease_that_is_over_can_not_hand_over(database: Database, made: Invoice) -> None:
    queued(database, made)
    leased = database.act(outbox.claim, at=AT)
    with pytest.raises(LostLease):
        database.act(lambda tx: outbox.hand_over(tx, mail=leased, content=b"x"), at=AT + LEASE)


def test_a_late_answer_settles_what_seemed_uncertain(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    leased = database.act(outbox.claim, at=AT)
    database.act(lambda tx: outbox.hand_over(tx, mail=leased, content=b"x"), at=AT)
    database.act(outbox.begin, at=AT + LEASE)
    assert look(database, mail_id).state is MailState.UNCERTAIN
    answer = Answer(Outcome.TAKEN, "250 at last")
    late = database.act(lambda tx: outbox.note_answer(tx, mail=leased, answer=answer), at=AT + LEASE)
    assert late is MailState.SENT
    again = database.act(lambda tx: outbox.note_answer(tx, mail=leased, answer=answer), at=AT + LEASE)
    assert again is None


def test_without_a_server_nothing_leaves(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    assert go_round(database, None) == Round(total=1, sent=1)
    found = look(database, mail_id)
    assert (found.state, found.via, found.is_kept) == (MailState.SENT, Via.MAIL_ROOM, True)


def test_a_paper_that_cannot_be_drawn_fails_with_its_sentence(database: Database, made: Invoice) -> None:
    def undrawable(_books: Database, _mail: Mail):
        raise Refused("龍 cannot be printed yet.")

    mail_id = queued(database, made)
    with post_office() as office:
        assert go_round(database, office, papers=undrawable) == Round(total=1, failed=1)
    assert look(database, mail_id).said == "龍 cannot be printed yet."


def test_a_bug_holds_sending_and_the_message_waits(database: Database, made: Invoice) -> None:
    def broken(_books: Database, _mail: Mail):
        raise ZeroDivisionError

    mail_id = queued(database, made)
    with post_office() as office:
        last = go_round(database, office, papers=broken)
        assert last is not None
        assert "reference" in last.stopped
        assert look(database, mail_id).state is MailState.QUEUED
        later = look(database, mail_id).next_at
        held = go_round(database, office, at=later)
        assert held is not None
        assert held.stopped.startswith("On hold by Ledgerdesk")
        database.act(lambda tx: release(tx, by=SYSTEM, job="mail", reason="mended"), at=later)
        assert go_round(database, office, at=later) == Round(total=1, sent=1)


def test_held_mail_stays_also_in_the_mail_room(database: Database, made: Invoice) -> None:
    mail_id = queued(database, made)
    database.act(lambda tx: hold(tx, by=SYSTEM, job="mail", reason="wrong template"), at=AT)
    go_round(database, None)
    assert look(database, mail_id).state is MailState.QUEUED


def test_only_accounting_sends(database: Database, made: Invoice) -> None:
    support = Principal(1, "Sue", Role.SUPPORT)
    with pytest.raises(NotAllowed):
        send_due(database, by=support, courier=None, papers=short_paper)
    with pytest.raises(NotAllowed):
        database.act(lambda tx: send_invoice(tx, by=support, invoice_id=made.id), at=AT)

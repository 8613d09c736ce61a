"""Letters of decisions: written when it is decided, in two languages, kept as given out, with nothing internal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.approvals import approve
from services.access.model import NotAllowed, Principal
from services.customers.model import Customer
from services.customers.operations import change_invoice_details
from services.db.engine import Database
from services.errors import InvalidForm
from services.integrity import queries as integrity
from services.invoices.document import Seller
from services.invoices.queries.versions import copy_of
from services.mail.model import About, MailKind
from services.mail.queries import mails_about
from services.money import Money
from services.papers.archive import findings
from services.papers.wording import LANGUAGES
from services.postpaid import queries
from services.postpaid.application import Application, ApplicationStatus, Asked, NotAtThisPoint, Verdict
from services.postpaid.applying import ask_question, recommend
from services.postpaid.deciding import ask_for_more, decide
from services.postpaid.letter import Letter, LetterKind, LetterPaper
from services.postpaid.letter_pdf import letter_pdf
from services.postpaid.mailing import send_letter
from services.wiring.approvals import ACTS
from services.wiring.mailing import paper_of
from tests.drawing import accessibility, printed, structure
from tests.invoicing import details, open_shop
from tests.postpaid import asked, at, opened, staff
from tests.services.invoices.situations import harbour_logo

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "papers"
WHEN = at(2026, 11, 20)
FRENCH = Asked(Money.of("1200", "EUR"), Money.of("3600.50", "EUR"), 18)
SELLER = Seller(
    "Harbour Messaging Pty Ltd", "51 824 753 556", ("Level 5, 10 Bridge Street", "Sydney NSW 2000", "Australia"),
    "accounts@harbour.example", "+61 2 5550 1234", "harbour.example",
)  # fmt: skip
PAPERS = {
    LetterKind.APPROVED: ("", FRENCH),
    LetterKind.CONDITIONS: ("A bank reference, not older than three months\nComptes annuels 2025 signés", FRENCH),
    LetterKind.DECLINED: ("", None),
    LetterKind.MORE: ("Annual accounts of 2025 & a forecast of messages for <2027>", None),
}


def paper(kind: LetterKind, language: str) -> LetterPaper:
    said, terms = PAPERS[kind]
    return LetterPaper(
        kind, language, 42, date(2026, 11, 1), date(2026, 11, 20), SELLER, "Érable & Fils SARL",
        ("12 rue de la Paix", "75002 Paris", "France"), "Élodie Martin", "maple", "20417", terms, said, "Max Hart",
    )  # fmt: skip


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def waiting(database: Database, people: dict[str, Principal], customer: Customer, terms: Asked) -> Application:
    """An application that accounting recommended, for a reason and with a note nobody outside may read."""
    made = opened(database, people, customer, terms, when=WHEN)
    return database.act(
        lambda tx: recommend(
            tx, by=people["Ann"], application_id=made.id, verdict=Verdict.APPROVE, terms=terms,
            reason="Red flag: late twice", dossier='{"flags": ["The balance ended below zero on 9 days."]}',
        ),
        at=WHEN,
    )  # fmt: skip


def deciding(
    by: Principal, application_id: int, terms: Asked, *, verdict: Verdict = Verdict.APPROVE, conditions: str = ""
) -> Callable[..., Application]:
    return lambda tx: decide(
        tx, by=by, application_id=application_id, verdict=verdict, terms=terms, reason="Secretly doubtful",
        conditions=conditions,
    )  # fmt: skip


def letters(database: Database, application_id: int) -> list[Letter]:
    with database.read() as conn:
        return queries.letters_of(conn, application_id)


def file_of(database: Database, letter: Letter) -> bytes:
    with database.read() as conn:
        return copy_of(conn, letter.sha256)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_words_of_a_letter_are_those_of_the_golden_file(kind: LetterKind, language: str) -> None:
    content = letter_pdf(paper(kind, language))
    golden = GOLDEN / f"letter_{kind}_{language}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        golden.write_text(printed(content))
    assert printed(content) == golden.read_text()
    assert findings(content) == []
    assert accessibility(content) == []
    assert letter_pdf(paper(kind, language)) == content


def test_a_letter_carries_the_companys_logo() -> None:
    logo = harbour_logo()
    plain = paper(LetterKind.APPROVED, "fr")
    content = letter_pdf(replace(plain, seller=replace(plain.seller, logo=logo.sha256), logo=logo))
    assert structure(content)[1] == "Document/Figure"
    assert (findings(content), accessibility(content)) == ([], [])


def test_a_decline_can_say_what_a_new_application_needs() -> None:
    words = " ".join(printed(letter_pdf(replace(paper(LetterKind.DECLINED, "en"), said="Two more months"))).split())
    assert "apply again once this is met: Two more months" in words
    assert "Document/Table/TR/TD" in structure(letter_pdf(paper(LetterKind.APPROVED, "fr")))


def test_longest_conditions_go_on_over_the_page() -> None:
    long = replace(paper(LetterKind.CONDITIONS, "fr"), said="\n".join(f"condition {each}" for each in range(35)))
    words = printed(letter_pdf(long))
    assert "condition 34" in words
    assert "Page 2 sur 2" in words


DECISIONS = {
    LetterKind.APPROVED: (Verdict.APPROVE, ""),
    LetterKind.CONDITIONS: (Verdict.APPROVE, "A reference first"),
    LetterKind.DECLINED: (Verdict.DECLINE, ""),
}


@pytest.mark.parametrize("kind", list(DECISIONS))
def test_a_decision_is_told_by_a_letter_in_each_language_kept_byte_for_byte(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal], kind: LetterKind
) -> None:
    verdict, conditions = DECISIONS[kind]
    made = waiting(database, people, shop["AU"], asked())
    assert letters(database, made.id) == []
    database.act(deciding(people["Max"], made.id, asked(), verdict=verdict, conditions=conditions), at=WHEN)
    kept = letters(database, made.id)
    assert [(each.kind, each.language, each.made_by) for each in kept] == [(kind, "en", "Max"), (kind, "fr", "Max")]
    for each in kept:
        content = file_of(database, each)
        assert hashlib.sha256(content).hexdigest() == each.sha256
        words = printed(content)
        assert shop["AU"].name in words
        for internal in ("Red flag", "Secretly", "below zero on 9 days", "Wants to grow", "T1"):
            assert internal not in words
    assert "3 000,00 AUD" in printed(file_of(database, kept[1])) or verdict is Verdict.DECLINE


def test_a_letter_goes_to_whom_invoices_go_and_stays_when_that_changes(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    change = lambda name: lambda tx: change_invoice_details(  # noqa: E731
        tx, by=people["Ann"], customer_id=shop["FR"].id, details=replace(details("FR"), company_name=name), reason="x",
        expected_version=None if name == "Alpha SARL" else 1,
    )  # fmt: skip
    database.act(change("Alpha SARL"), at=WHEN)
    terms = asked("1000", "2000", currency="EUR")
    made = waiting(database, people, shop["FR"], terms)
    database.act(deciding(people["Max"], made.id, terms), at=WHEN)
    database.act(change("Omega SARL"), at=WHEN)
    french = letters(database, made.id)[1]
    words = printed(file_of(database, french))
    assert "Alpha SARL" in words
    assert "Omega" not in words
    assert "1 000,00 EUR" in words


def test_two_managers_sign_one_letter_when_the_second_agrees(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    terms = asked("2000", "5000")
    made = waiting(database, people, shop["AU"], terms)
    database.act(deciding(people["Max"], made.id, terms), at=WHEN)
    assert letters(database, made.id) == []  # nothing is told before it holds
    with database.read() as conn:
        request = conn.execute(text("SELECT id FROM approval")).scalar_one()
    database.act(lambda tx: approve(tx, by=people["Mia"], approval_id=request, acts=ACTS), at=WHEN)
    assert [each.made_by for each in letters(database, made.id)] == ["Max", "Max"]


def test_a_manager_asks_for_more_by_a_letter(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    fresh = opened(database, people, shop["FR"], asked(currency="EUR"), when=WHEN, nonce="b")
    with pytest.raises(NotAtThisPoint, match="after accounting's recommendation"):
        database.act(lambda tx: ask_for_more(tx, by=people["Max"], application_id=fresh.id, question="x"), at=WHEN)
    made = waiting(database, people, shop["AU"], asked())
    with pytest.raises(InvalidForm):
        database.act(lambda tx: ask_for_more(tx, by=people["Max"], application_id=made.id, question=" "), at=WHEN)
    more = database.act(
        lambda tx: ask_for_more(tx, by=people["Max"], application_id=made.id, question="The accounts of 2025"), at=WHEN
    )
    assert more.status is ApplicationStatus.WAITING
    english = letters(database, made.id)[0]
    assert (english.kind, english.file_name) == (LetterKind.MORE, f"Postpaid_application_{made.id}_question_1_en.pdf")
    assert "The accounts of 2025" in printed(file_of(database, english))


def test_accounting_asks_inside_the_house_unless_a_letter_is_wanted(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)

    def ask(question: str, *, letter: bool) -> int:
        database.act(
            lambda tx: ask_question(tx, by=people["Ann"], application_id=made.id, question=question, as_letter=letter),
            at=WHEN,
        )
        return len(letters(database, made.id))

    assert ask("Do we know them?", letter=False) == 0
    assert ask("Your turnover?", letter=True) == len(LANGUAGES)


def test_words_a_letter_cannot_print_are_refused_before_anything_is_decided(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = waiting(database, people, shop["AU"], asked())
    with pytest.raises(InvalidForm) as refused:
        database.act(deciding(people["Max"], made.id, asked(), conditions="क"), at=WHEN)
    assert "cannot be printed" in refused.value.fields["conditions"]
    with pytest.raises(InvalidForm) as refused:
        database.act(lambda tx: ask_for_more(tx, by=people["Max"], application_id=made.id, question="क?"), at=WHEN)
    assert "cannot be printed" in refused.value.fields["reason"]
    assert letters(database, made.id) == []


def test_a_letter_that_was_given_out_never_changes(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = waiting(database, people, shop["AU"], asked())
    database.act(deciding(people["Max"], made.id, asked()), at=WHEN)
    for statement in ("UPDATE postpaid_letter SET made_by = 'x'", "DELETE FROM postpaid_letter"):
        with pytest.raises(DBAPIError), database.write(at=WHEN) as tx:
            tx.conn.execute(text(statement))


def test_a_letter_is_e_mailed_as_it_was_given_out_in_its_language(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = waiting(database, people, shop["AU"], asked())
    database.act(deciding(people["Max"], made.id, asked()), at=WHEN)
    french = letters(database, made.id)[1]

    def send(to: str, by: str = "Ann") -> int:
        return database.act(lambda tx: send_letter(tx, by=people[by], letter_id=french.id, to=to), at=WHEN)

    mail_id = send("pay@wattle.example")
    assert send("pay@wattle.example") == mail_id  # asked for twice, it is one message
    with pytest.raises(InvalidForm):
        send("nobody")
    with pytest.raises(NotAllowed):
        send("pay@wattle.example", "Max")
    with database.read() as conn:
        [mail] = mails_about(conn, About.POSTPAID_LETTER, french.id)
    assert (mail.kind, mail.language, mail.invoice_id) == (MailKind.POSTPAID_LETTER, "fr", None)
    assert mail.subject == "Votre demande de facturation mensuelle à terme échu : notre décision"
    checks = ("mail_once", "mail_of_its_paper")
    with database.read() as conn:
        assert [each.rows for each in integrity.run(conn, names=checks)] == [0, 0]
    with database.write(at=WHEN) as tx:
        tx.conn.execute(text("UPDATE mail_message SET about_id = 99"))
    with database.read() as conn:
        assert [each.rows for each in integrity.run(conn, names=("mail_of_its_paper",))] == [1]
    carried = paper_of(database, mail)
    assert (carried.name, carried.content) == (french.file_name, file_of(database, french))

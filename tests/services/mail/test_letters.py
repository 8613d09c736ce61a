"""Every letter in both languages as it was agreed, and that nothing in a name can become markup or a header."""

from __future__ import annotations

import email
import os
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

import pytest

from services.company.model import Company
from services.mail.composing import Paper, compose
from services.mail.letter import LANGUAGES, Letter, NoSuchLetter, letter
from services.mail.model import About, Mail, MailKind, MailState
from services.money import Money
from services.papers.wording import date_text, money_text, say
from tests.mailing import PDF

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "mail"
US = Company(
    "Harbour Messaging Pty Ltd", "51824753556", ("Sydney",), "accounts@harbour.example", "+61 2 5550 1234", "", "AU"
)
DAY = datetime(2026, 12, 20, tzinfo=UTC).date()
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def facts(language: str, **changes: str) -> dict[str, str]:
    """What a letter about a French customer's invoice could name."""

    def amount(number: str) -> str:
        return money_text(Money.of(number, "EUR"), language)

    known = {
        "number": "CS000123456",
        "invoice": "CS000123456",
        "amount": amount("1220.00"),
        "received": amount("1205.00"),
        "credit": amount("1205.00"),
        "fee": amount("15.00"),
        "open": "",
        "due_on": date_text(DAY, language),
        "reference": "CS123456782",
        "account": "maple (20417)",
        "contact": "Élodie O’Brien & Sœurs <b>",
        "fee_note": say("fee_note", language),
        "version": "2",
        "why": "Remise oubliée",
        "lowered": amount("20.00"),
        "returned": amount("100.00"),
        "owed": amount("2400.00"),
        "limit": amount("3000.00"),
        "left": amount("600.00"),
    }
    return known | changes


SITUATIONS = {
    "invoice": (MailKind.INVOICE, {}),
    "invoice_copy": (MailKind.INVOICE, {"settled": "yes"}),
    "invoice_arrears": (MailKind.INVOICE, {"arrears": "yes"}),
    "corrected_copy": (MailKind.CORRECTED_COPY, {}),
    "credit_note": (MailKind.CREDIT_NOTE, {"number": "CN000000017"}),
    "payment_received": (MailKind.PAYMENT_RECEIVED, {}),
    "short_payment_open": (MailKind.SHORT_PAYMENT, {"open": "15.00"}),
    "short_payment_settled": (MailKind.SHORT_PAYMENT, {}),
    "postpaid_decision": (MailKind.POSTPAID_LETTER, {"number": "42", "day": "20.11.2026"}),
    "postpaid_question": (MailKind.POSTPAID_LETTER, {"number": "42", "day": "20.11.2026", "asks": "yes"}),
    "credit_limit": (MailKind.CREDIT_LIMIT, {"share": "80"}),
    "credit_limit_reached": (MailKind.CREDIT_LIMIT, {"share": "100", "at_limit": "reached"}),
    "credit_limit_stopped": (MailKind.CREDIT_LIMIT, {"share": "100", "at_limit": "stopped"}),
    "reminder": (MailKind.REMINDER, {"open": "1220.00", "lapse": "yes"}),
    **{
        f"reminder_{stage}": (
            MailKind.REMINDER,
            {"open": "1220.00", "stage": stage, "days": "12", "stop_on": "1/1/2027"},
        )
        for stage in ("friendly", "firm", "final", "stop")
    },
}


def written(situation: str, language: str) -> Letter:
    kind, changes = SITUATIONS[situation]
    if "open" in changes:
        changes = changes | {"open": money_text(Money.of(changes["open"], "EUR"), language)}
    return letter(kind, language, facts(language, **changes), company=US)


def mail(**changes: object) -> Mail:
    """A French invoice's message."""
    one = Mail(
        id=7, kind=MailKind.INVOICE, about=About.INVOICE, about_id=1, version=1, invoice_id=1, customer_id=1,
        number="CS000123456", to="pay@buyer.example", language="fr", facts=facts("fr"), subject="x",
        state=MailState.SENDING, via=None, attempts=1, next_at=None, lease_until=AT, handed_at=None,
        message_id="<abc@harbour.example>", sha256=None, queued_at=AT, queued_by="Ada", sent_at=None, said="",
        again_of_id=None, reason="",
    )  # fmt: skip
    return replace(one, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_letter_reads_as_agreed(situation: str, language: str) -> None:
    found = written(situation, language)
    said = f"{found.subject}\n{'=' * 72}\n{found.text}{'=' * 72}\n{found.html}"
    path = GOLDEN / f"{situation}.{language}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_every_kind_has_a_situation_and_both_files_have_the_same_letters() -> None:
    assert {kind for kind, _ in SITUATIONS.values()} == set(MailKind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_subject_arrives_as_it_was_written_with_single_spaces(situation: str, language: str) -> None:
    kind, changes = SITUATIONS[situation]
    one = mail(kind=kind, language=language, facts=facts(language, **changes))
    company = replace(US, name="Southern Cross Messaging Pty Ltd")
    found = email.message_from_bytes(compose(one, None, company=company, at=AT), policy=default)
    assert found["Subject"].strip() == " ".join(letter(kind, language, one.facts, company=company).subject.split())


def test_a_letter_without_its_facts_is_a_bug() -> None:
    with pytest.raises(NoSuchLetter, match="reference"):
        letter(MailKind.INVOICE, "en", {"number": "CS1", "amount": "AUD 1", "due_on": "x", "contact": "x"}, company=US)
    with pytest.raises(NoSuchLetter, match="de"):
        letter(MailKind.INVOICE, "de", facts("en"), company=US)


def test_a_message_without_a_paper_carries_none() -> None:
    about = {"kind": MailKind.CREDIT_LIMIT, "about": About.COMMITMENT, "invoice_id": None}
    one = mail(**about, facts=facts("fr", share="80"))
    found = email.message_from_bytes(compose(one, None, company=US, at=AT), policy=default)
    assert list(found.iter_attachments()) == []
    assert found["Subject"].startswith("80 % de votre plafond")
    assert found.get_body(("html",)) is not None


def test_html_shows_a_name_and_obeys_none() -> None:
    nasty = '<script>alert(1)</script><img src="http://evil.example/x.png">"'
    found = letter(MailKind.INVOICE, "en", facts("en", contact=nasty, account=nasty), company=replace(US, name=nasty))
    assert "<script" not in found.html
    assert "<img" not in found.html
    assert "&lt;script&gt;" in found.html
    assert nasty in found.text


def test_a_placeholder_in_a_name_stays_what_it_is() -> None:
    assert "Dear {amount}," in letter(MailKind.INVOICE, "en", facts("en", contact="{amount}"), company=US).text


@pytest.mark.parametrize("bad", ["Ada\r\nBcc: all@evil.example", "Ada\nSubject: x", "Ada\x00\u202eBcc: x@y.example"])
def test_a_name_begins_no_header(bad: str) -> None:
    one = mail(facts=facts("fr", contact=bad, number=bad))
    content = compose(one, Paper("Invoice_CS\r\nX: y.pdf", PDF), company=replace(US, name=f"Harbour {bad}"), at=AT)
    head = content.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in {b" ", b"\t"}]
    assert sorted(names) == sorted({*names})
    assert b"bcc" not in names
    assert names.count(b"subject") == 1


def test_the_headers_say_what_a_machine_should_know() -> None:
    content = compose(mail(), Paper("Facture.pdf", PDF), company=US, at=AT)
    found = email.message_from_bytes(content, policy=default)
    assert found["From"] == "Harbour Messaging Pty Ltd <accounts@harbour.example>"
    assert found["Reply-To"] == found["From"]
    assert found["To"].addresses[0].addr_spec == "pay@buyer.example"
    assert found["Message-ID"] == "<abc@harbour.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "fr"
    assert found["Subject"].startswith("Facture CS000123456 de Harbour Messaging")
    assert found.get_body(("plain",)).get_content().splitlines()[0].startswith("Bonjour Élodie")
    assert 'lang="fr"' in found.get_body(("html",)).get_content()
    [paper] = list(found.iter_attachments())
    assert paper.get_filename() == "Facture.pdf"
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_content() == PDF
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


def test_the_same_message_is_the_same_bytes() -> None:
    first, second = (compose(mail(), Paper("a.pdf", PDF), company=US, at=AT) for _ in range(2))
    assert first == second
    assert compose(mail(message_id="<other@harbour.example>"), Paper("a.pdf", PDF), company=US, at=AT) != first

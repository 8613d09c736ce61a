"""Applications: opened with terms that hold, recommended by accounting, decided by somebody else; never by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.approvals import AlreadyDecided, approve
from services.access.model import NotAllowed, Principal
from services.customers.model import Customer
from services.db.engine import Database
from services.errors import InvalidForm
from services.postpaid import queries
from services.postpaid.application import (
    MOST_FILE_BYTES,
    Application,
    ApplicationStatus,
    Asked,
    NotAtThisPoint,
    OwnApplication,
    Verdict,
)
from services.postpaid.applying import (
    answer_question,
    ask_question,
    keep_file,
    open_application,
    recommend,
    withdraw_application,
)
from services.postpaid.deciding import decide, take_back_decision
from services.postpaid.model import NonceReused
from services.wiring.approvals import ACTS
from tests.invoicing import open_shop
from tests.postpaid import approved, asked, at, opened, staff

WHEN = at(2026, 11, 20)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def read(database: Database, application_id: int) -> Application:
    with database.read() as conn:
        return queries.application(conn, application_id)


def recommended(
    database: Database, people: dict[str, Principal], application_id: int, terms: Asked, by: str = "Ann"
) -> Application:
    return database.act(
        lambda tx: recommend(
            tx, by=people[by], application_id=application_id, verdict=Verdict.APPROVE, terms=terms,
            reason="Pays on time", dossier='{"months": 12}',
        ),
        at=WHEN,
    )  # fmt: skip


def decides(
    database: Database, by: Principal, application_id: int, terms: Asked, verdict: Verdict = Verdict.APPROVE
) -> Callable[[], Application]:
    return lambda: database.act(
        lambda tx: decide(
            tx, by=by, application_id=application_id, verdict=verdict, terms=terms, reason="As recommended",
            conditions="A reference first",
        ),
        at=WHEN,
    )  # fmt: skip


def test_an_application_goes_from_support_to_a_manager(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)
    assert made.status is ApplicationStatus.OPEN
    kept = recommended(database, people, made.id, asked("1200", "3600"))
    assert kept.recommended
    assert kept.recommended.terms == asked("1200", "3600")
    assert kept.dossier == '{"months": 12}'
    done = decides(database, people["Max"], made.id, asked("1200", "3000"))()
    assert done.status is ApplicationStatus.APPROVED
    assert done.decided
    assert (done.decided.terms, done.decided.by) == (asked("1200", "3000"), "Max")
    assert done.decided.conditions == "A reference first"


def test_nobody_decides_on_their_own(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)
    with pytest.raises(NotAtThisPoint, match="after accounting's recommendation"):
        decides(database, people["Max"], made.id, asked())()
    recommended(database, people, made.id, asked())
    with pytest.raises(NotAllowed):
        decides(database, people["Ann"], made.id, asked())()
    twice = Principal(people["Ann"].person_id, "Ann", people["Max"].role)  # her role changed meanwhile
    with pytest.raises(OwnApplication, match="another manager"):
        decides(database, twice, made.id, asked())()


def test_the_database_refuses_one_pair_of_eyes_too(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = approved(database, people, shop["AU"], asked(), when=WHEN)
    ann = people["Ann"].person_id
    with pytest.raises(DBAPIError, match="four_eyes"), database.write(at=WHEN) as tx:
        tx.conn.execute(text("UPDATE postpaid_application SET decided_by_id = :id"), {"id": ann})
    assert read(database, made.id).decided


def test_from_five_thousand_two_managers_decide(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    terms = asked("2000", "5000")
    made = opened(database, people, shop["AU"], terms, when=WHEN)
    recommended(database, people, made.id, terms)
    waiting = decides(database, people["Max"], made.id, terms)()
    assert (waiting.status, waiting.decided) == (ApplicationStatus.DECIDING, None)
    with database.read() as conn:
        request = conn.execute(text("SELECT id FROM approval")).scalar_one()
    with pytest.raises(Exception, match="requested this yourself"):
        database.act(lambda tx: approve(tx, by=people["Max"], approval_id=request, acts=ACTS), at=WHEN)
    database.act(lambda tx: approve(tx, by=people["Mia"], approval_id=request, acts=ACTS), at=WHEN)
    done = read(database, made.id)
    assert done.decided
    assert (done.decided.by, done.agreed_by) == ("Max", "Mia")


def test_a_decision_that_waits_can_be_taken_back(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    terms = asked("2000", "9000")
    made = opened(database, people, shop["AU"], terms, when=WHEN)
    recommended(database, people, made.id, terms)
    decides(database, people["Max"], made.id, terms)()
    back = database.act(
        lambda tx: take_back_decision(tx, by=people["Max"], application_id=made.id, reason="Too much"), at=WHEN
    )
    assert back.status is ApplicationStatus.RECOMMENDED
    assert decides(database, people["Max"], made.id, asked("2000", "4000"))().status is ApplicationStatus.APPROVED


@pytest.mark.parametrize("who", ["Max", "Mia"])  # who asked for the second manager's word, or somebody else
def test_nobody_agrees_later_to_a_decision_that_was_taken_back(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal], who: str
) -> None:
    made = opened(database, people, shop["AU"], asked("2000", "9000"), when=WHEN)
    recommended(database, people, made.id, asked("2000", "9000"))
    decides(database, people["Max"], made.id, asked("2000", "9000"))()
    take_back = {"by": people[who], "application_id": made.id, "reason": "Too much"}
    database.act(lambda tx: take_back_decision(tx, **take_back), at=WHEN)
    decides(database, people["Max"], made.id, asked("2000", "6000"))()
    with database.read() as conn:
        first, second = conn.execute(text("SELECT id FROM approval ORDER BY id")).scalars()
    with pytest.raises(AlreadyDecided):
        database.act(lambda tx: approve(tx, by=people["Mia"], approval_id=first, acts=ACTS), at=WHEN)
    database.act(lambda tx: approve(tx, by=people["Mia"], approval_id=second, acts=ACTS), at=WHEN)
    done = read(database, made.id).decided
    assert done
    assert done.terms.limit.text() == "6,000.00 AUD"


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (asked("999.99"), ("minimum", "at least 1,000.00 AUD")),
        (asked(months=11), ("months", "12 to 60 months")),
        (asked("1000", "999"), ("limit", "less than one month's minimum")),
        (asked(currency="EUR"), ("minimum", "billed in AUD")),
    ],
)
def test_terms_the_business_does_not_accept(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal], terms: Asked, refusal: tuple[str, str]
) -> None:
    field, sentence = refusal
    with pytest.raises(InvalidForm) as refused:
        opened(database, people, shop["AU"], terms, when=WHEN)
    assert sentence in refused.value.fields[field]


@pytest.mark.parametrize(
    ("edge", "accepted"),
    [
        (("AU", "999.99", 12), False),
        (("AU", "1000.00", 11), False),
        (("AU", "1000.00", 12), True),
        (("FR", "628.77", 12), False),  # 1,000.00 AUD at 1.5904 AUD for one EUR is 628.772...
        (("FR", "628.78", 12), True),
        (("FR", "628.79", 12), True),
        (("FR", "628.78", 11), False),
    ],
)
def test_the_edges_of_the_minimum_from_the_form_to_the_decision(
    database: Database,
    shop: dict[str, Customer],
    people: dict[str, Principal],
    edge: tuple[str, str, int],
    *,
    accepted: bool,
) -> None:
    country, minimum, months = edge
    customer = shop[country]
    terms = asked(minimum, "3000", months, customer.currency)
    if accepted:
        assert approved(database, people, customer, terms, when=WHEN).status is ApplicationStatus.APPROVED
        return
    good = asked("2000", "3000", 12, customer.currency)
    with pytest.raises(InvalidForm):
        opened(database, people, customer, terms, when=WHEN)
    made = opened(database, people, customer, good, when=WHEN)
    with pytest.raises(InvalidForm):
        recommended(database, people, made.id, terms)
    recommended(database, people, made.id, good)
    with pytest.raises(InvalidForm):
        decides(database, people["Max"], made.id, terms)()
    assert read(database, made.id).decided is None


def test_one_open_application_a_customer_and_one_a_form(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)
    assert opened(database, people, shop["AU"], asked(), when=WHEN).id == made.id
    with pytest.raises(NonceReused):
        opened(database, people, shop["AU"], asked("1500"), when=WHEN)
    with pytest.raises(NotAtThisPoint, match="not decided yet"):
        opened(database, people, shop["AU"], asked(), when=WHEN, nonce="b")
    database.act(
        lambda tx: withdraw_application(tx, by=people["Sue"], application_id=made.id, reason="Changed their mind"),
        at=WHEN,
    )
    assert opened(database, people, shop["AU"], asked(), when=WHEN, nonce="c").id != made.id


def test_an_approval_nobody_signs_waits_for_its_contract_until_the_customer_applies_anew(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    def waits() -> tuple[int, list[bool]]:
        with database.read() as conn:
            listed = queries.applications_page(conn, status=ApplicationStatus.APPROVED).rows
            return queries.unsigned_count(conn), [not signed for signed in listed["signed"]]

    approved(database, people, shop["AU"], asked(), when=WHEN)
    approved(database, people, shop["GB"], asked(currency="GBP", limit="2000"), when=WHEN)
    assert waits() == (2, [True, True])
    opened(database, people, shop["AU"], asked("1500"), when=WHEN, nonce="anew")
    assert waits() == (1, [False, True])


def test_a_question_holds_the_recommendation_up_until_it_is_answered(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)
    ask = lambda tx: ask_question(tx, by=people["Ann"], application_id=made.id, question="Turnover?")  # noqa: E731
    assert database.act(ask, at=WHEN).status is ApplicationStatus.WAITING
    with pytest.raises(NotAtThisPoint):
        recommended(database, people, made.id, asked())
    with database.read() as conn:
        [question] = queries.questions_of(conn, made.id)
    answer = lambda tx: answer_question(tx, by=people["Sue"], question_id=question.id, answer="2 million")  # noqa: E731
    assert database.act(answer, at=WHEN).status is ApplicationStatus.OPEN
    with pytest.raises(NotAtThisPoint, match="answered already"):
        database.act(answer, at=WHEN)


def test_files_are_kept_whole_and_once(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    made = opened(database, people, shop["AU"], asked(), when=WHEN)

    def keep(content: bytes, kind: str = "evidence") -> int:
        return database.act(
            lambda tx: keep_file(
                tx, by=people["Ann"], application_id=made.id, kind=kind, name="a.pdf", content=content
            ),
            at=WHEN,
        )

    first = keep(b"accounts 2025")
    assert keep(b"accounts 2025") == first
    with database.read() as conn:
        assert queries.file_content(conn, first) == b"accounts 2025"
        assert [each.name for each in queries.files_of(conn, made.id)] == ["a.pdf"]
    with pytest.raises(NotAtThisPoint, match="once the application is approved"):
        keep(b"signed", "contract")
    for wrong, sentence in ((b"", "empty"), (b"x" * (MOST_FILE_BYTES + 1), "larger than 10 MiB")):
        with pytest.raises(InvalidForm, match=sentence):
            keep(wrong)


def test_a_form_that_says_nothing_is_refused(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    with pytest.raises(InvalidForm) as refused:
        database.act(
            lambda tx: open_application(
                tx, by=people["Sue"], nonce="n", customer_id=shop["AU"].id, asked=asked(), note=" ", ticket_id=""
            ),
            at=WHEN,
        )
    assert set(refused.value.fields) == {"note"}

"""Adjustments on screen: everybody sees them, each role may ask for what is its own, and nothing posts twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import adjusting, adjustment_parts
from services.access.model import Role
from services.adjustments.model import AdjustmentKind
from services.adjustments.operations import correct_credit, give_goodwill, grant_promotion
from services.adjustments.queries import page
from services.money import Money
from services.reporting.exports import totals_of
from services.usage.operations import import_usage
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, ago, on, signed_in

ADJUSTMENTS = "activity/adjustments.py"
CUSTOMER = "customers/customer.py"
APPROVALS = "admin/approvals.py"


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """Goodwill of 20 posted, a promotion of 30 and one that has expired, and a correction of 150 that waits."""
    built = open_company(sqlite_template, tmp_path_factory.mktemp("adjustments"))
    now = ago(3)
    facts = {"customer_id": built.customers[0], "ticket_id": "4711"}
    asked = (
        (give_goodwill, Role.SUPPORT, "20", {"reason": "late *delivery*"}),
        (grant_promotion, Role.ACCOUNTING, "30", {"reason": "welcome"}),
        (correct_credit, Role.ACCOUNTING, "150", {"reason": "wrong price list"}),
    )
    for number, (operation, role, amount, more) in enumerate(asked):
        with built.database.write(at=now) as tx:
            money = Money.of(amount, "AUD")
            operation(tx, by=built.by[role], nonce=str(number), amount=money, **facts, **more)
    return built


def of_customer(company: SmallCompany, number: int) -> int:
    with company.database.read() as conn:
        return page(conn, customer_id=company.customers[number]).total


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_what_was_adjusted(company: SmallCompany, role: Role) -> None:
    app = on(company, role, ADJUSTMENTS)
    assert not app.exception
    assert list(app.dataframe[1].value["what"]) == ["Correction", "Promotional credit", "Goodwill"]
    assert list(app.dataframe[1].value["standing"]) == ["Waiting for approval", "Posted", "Posted"]


def test_filters_come_from_the_address(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, ADJUSTMENTS, adjustments_kind="Goodwill", adjustments_state="Posted")
    assert [float(each) for each in app.dataframe[1].value["amount_micros"]] == [20.0]
    app = on(company, Role.MANAGER, ADJUSTMENTS, period="Last month")
    assert "Nobody adjusted credit" in app.info[0].value


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.SUPPORT, {"Give goodwill", "Refund undelivered messages"}),
        (
            Role.ACCOUNTING,
            {"Give goodwill", "Refund undelivered messages", "Grant promotional credit", "Correct credit"},
        ),
        (Role.MANAGER, set()),
        (Role.ADMIN, set()),
    ],
)
def test_each_role_is_offered_what_it_may_ask_for(company: SmallCompany, role: Role, labels: set[str]) -> None:
    app = on(company, role, CUSTOMER, id=str(company.customers[0]))
    assert not app.exception
    assert {each.label for each in app.button} & set(adjusting._WORDS.values()) == labels


def test_the_promotional_part_stands_beside_the_balance(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, CUSTOMER, id=str(company.customers[0]))
    assert any(each.value == "of which 30.00 promotional" for each in app.caption)


def drawn(kind: str, customer_id: int) -> None:
    """A script that draws what the dialog of a kind holds: in a test a dialog would close at its first run."""
    from pages._ui import adjusting
    from pages._ui.frame import read
    from services.adjustments.model import AdjustmentKind
    from services.customers import queries

    adjusting._DRAWN[AdjustmentKind(kind)](read(queries.customer, customer_id=customer_id))


def dialog(kind: AdjustmentKind, company: SmallCompany, number: int) -> AppTest:
    """What the dialog of a kind holds for a customer; use it inside `signed_in`."""
    of = {"kind": kind.value, "customer_id": company.customers[number]}
    return AppTest.from_function(drawn, kwargs=of, default_timeout=30).run()


def test_the_menu_opens_the_dialog(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, CUSTOMER, id=str(company.customers[0]))
    with signed_in(company, Role.ACCOUNTING):
        app.button(key="adjust_promotion").click().run()
    assert not app.exception
    assert any("of which 30.00 AUD is promotional" in each.value for each in app.markdown)


def fill(app: AppTest, **typed: str) -> AppTest:
    for field, words in typed.items():
        next(each for each in app.text_input if f"_{field}_" in str(each.key)).set_value(words)
    return app


def test_goodwill_is_given_once_and_what_is_wrong_is_said_under_its_field(company: SmallCompany) -> None:
    with signed_in(company, Role.SUPPORT):
        app = dialog(AdjustmentKind.GOODWILL, company, 1)
        fill(app, amount="-5", reason="", ticket_id="")
        app.button[0].click().run()
        said = " ".join(each.value for each in app.markdown)
        assert "above 0" in said
        assert "Give the reason" in said
        fill(app, amount="1x")
        app.button[0].click().run()
        assert any("not an amount" in each.value for each in app.markdown)
        assert of_customer(company, 1) == 0
        fill(app, amount="12.50", reason="late", ticket_id="99")
        app.button[0].click().run()
    assert not app.exception
    assert of_customer(company, 1) == 1


@pytest.mark.parametrize(("kind", "amount"), [(AdjustmentKind.CORRECTION, "-12.50"), (AdjustmentKind.PROMOTION, "15")])
def test_accounting_corrects_and_grants(company: SmallCompany, kind: AdjustmentKind, amount: str) -> None:
    before = of_customer(company, 1)
    with signed_in(company, Role.ACCOUNTING):
        app = dialog(kind, company, 1)
        fill(app, amount=amount, reason="a price list", ticket_id="99")
        app.button[0].click().run()
    assert not app.exception
    assert of_customer(company, 1) == before + 1


def test_undelivered_messages_are_shown_before_they_are_refunded(company: SmallCompany) -> None:
    with signed_in(company, Role.SUPPORT):
        app = dialog(AdjustmentKind.UNDELIVERED, company, 2)
        assert any("No undelivered message" in each.value for each in app.info)
        sent = ago(30).isoformat()
        content = (
            "external_id,customer,product,sent_at,country,quantity,parts,price,currency,status\n"
            f"m1,user2,sms,{sent},AU,1,1,1.25,AUD,undelivered\n"
        ).encode()
        accounting = company.by[Role.ACCOUNTING]
        company.database.act(lambda tx: import_usage(tx, by=accounting, file=content, name="u.csv"))
        app = dialog(AdjustmentKind.UNDELIVERED, company, 2)
        assert list(app.dataframe[0].value["charged_micros"]) == [1.25, 1.25]
        fill(app, reason="outage", ticket_id="100")
        assert app.button[0].label == "Refund 1.25 AUD"
        app.button[0].click().run()
    assert not app.exception
    assert of_customer(company, 2) == 1


def test_the_approver_sees_what_would_stand_after_it(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, APPROVALS)
    assert "Correction for Bluegum Clinics" in app.subheader[0].value
    assert "Credit balance" in str(app.table[0].value)


def test_the_export_holds_every_row_and_its_sums(company: SmallCompany) -> None:
    by = company.by[Role.SUPPORT]
    with signed_in(company, Role.SUPPORT):
        table = adjustment_parts.export(by, customer_id=company.customers[0])
    assert len(table.rows) == 3
    assert "200.00" in str([total.text() for _, total in totals_of(table)])

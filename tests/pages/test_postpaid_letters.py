"""Letters of postpaid applications on screen: accounting e-mails one, the others only take it."""

from __future__ import annotations

import pytest

from services.access.model import Role
from services.mail.model import About, MailState
from services.mail.queries import mails_about
from services.postpaid import queries
from tests.pages import test_postpaid
from tests.pages.harness import SmallCompany, on
from tests.pages.test_postpaid import act_for, at_desk, choose, drawer, send

company = test_postpaid.company


def test_accounting_e_mails_a_letter_and_sees_that_it_did(company: SmallCompany) -> None:
    act_for(company, decided=True)
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("application"), "Letters")
        send(app, "E-mail the letter", to="nobody")
        assert any("Enter one e-mail address" in each.value for each in app.markdown)
        send(app, "E-mail the letter", to="pay@salon.example")
        app = choose(drawer("application"), "Letters")
        assert any("E-mailed to pay@salon.example" in each.value for each in app.caption)
    with company.database.read() as conn:
        french = queries.letters_of(conn, 1)[-1]
        [mail] = mails_about(conn, About.POSTPAID_LETTER, french.id)
    assert (mail.state, mail.to) == (MailState.QUEUED, "pay@salon.example")
    app = on(company, Role.SUPPORT, "billing/mail_room.py")
    assert not app.exception
    assert list(app.dataframe[0].value["what"]) == ["Postpaid letter"]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
def test_others_take_a_letter_and_send_none(company: SmallCompany, role: Role) -> None:
    act_for(company, decided=True)
    with at_desk(company, role):
        app = choose(drawer("application"), "Letters")
    assert len(app.get("download_button")) == 2
    assert not [each for each in app.button if each.label == "E-mail the letter"]

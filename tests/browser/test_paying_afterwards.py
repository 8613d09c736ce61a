"""An application for postpaid in a browser: support opens it, accounting recommends, a manager decides; its letter."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from services.access.model import Role
from services.invoices.queries.versions import copy_of
from services.postpaid import queries
from services.postpaid.application import ApplicationStatus
from tests.browser.harness import Visit
from tests.drawing import printed


def test_an_application_is_opened_recommended_decided_and_its_letter_taken(enter, site) -> None:
    customer_id = site.company.customers[1]
    support = enter(Role.SUPPORT)
    page = support.go("/postpaid")
    page.get_by_role("button", name="New application").click()
    form = page.get_by_role("dialog", name="New postpaid application")
    form.get_by_label("Find").click()
    page.keyboard.type("user1", delay=20)
    form.get_by_label("A month, AUD").fill("1200")
    form.get_by_label("Credit limit, AUD").fill("3000")
    form.get_by_label("Why they want to pay afterwards").fill("Sends more every month")
    form.get_by_label("Ticket").fill("4711")
    form.get_by_role("button", name="Open the application").click()
    page.get_by_text("is open.").first.wait_for()

    accounting = enter(Role.ACCOUNTING)
    drawer = opened(accounting, "Recommend")
    drawer.get_by_label("What it rests on").fill("A red flag nobody outside may read")
    drawer.get_by_role("button", name="Recommend").click()
    accounting.page.get_by_text("The recommendation is kept.").first.wait_for()

    manager = enter(Role.MANAGER)
    drawer = opened(manager, "Decide")
    drawer.get_by_label("Conditions, if any").fill("A bank reference first")
    drawer.get_by_label("Reason: stays in the house").fill("Agreed")
    drawer.get_by_role("button", name="Decide").click()
    manager.page.get_by_text("The decision is kept.").first.wait_for()

    with site.company.database.read() as conn:
        [row] = queries.applications_page(conn, customer_id=customer_id).rows.to_dict("records")
        letters = queries.letters_of(conn, int(row["id"]))
        kept = {each.language: copy_of(conn, each.sha256) for each in letters}
    assert row["status"] == ApplicationStatus.APPROVED.value
    drawer = opened(manager, "Letters", path="/postpaid?postpaid_status=Approved")
    with manager.page.expect_download() as waiting:
        drawer.get_by_role("button", name="French").click()
    content = Path(waiting.value.path()).read_bytes()
    assert sha256(content).hexdigest() == sha256(kept["fr"]).hexdigest()
    words = printed(content)
    assert "A bank reference first" in words
    assert "red flag" not in words


def opened(visit: Visit, view: str, *, path: str = "/postpaid"):
    """The drawer of the only application listed, at one of its views."""
    page = visit.go(path)
    visit.pick(page.get_by_test_id("stDataFrame").first)
    drawer = page.get_by_role("dialog")
    drawer.get_by_text(view, exact=True).first.click()
    visit.settle()
    return drawer

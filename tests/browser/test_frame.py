"""Getting in, staying in, and what the browser sees of every screen."""

from __future__ import annotations

from pathlib import Path

import axe_core_python
import pytest

from pages._ui.menu import ENTRIES
from services.access import people
from services.access.model import SYSTEM, Role
from services.customers.model import InvoiceDetails
from services.invoices.operations import issue_invoice
from services.money import Money

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
OWN_PASSWORD = "four quiet harbour lamps"  # noqa: S105 - of a company that exists for a second
RECORDS = ("customer", "invoice", "new-invoice")  # screens no menu shows: they are opened with the id of a record
SERIOUS = {"serious", "critical"}
# Findings inside Streamlit's own elements, which no script can change: rule -> parts that such an element has.
GIVEN: dict[str, tuple[str, ...]] = {
    "svg-img-alt": ("metric_chart_",),  # the sparkline of st.metric; the figure and its words stand beside it
    "color-contrast": ('data-testid="stIconMaterial" aria-hidden="true"', "<kbd "),  # faded icons and shortcut hints
    "aria-required-attr": ('role="spinbutton" aria-valuetext="Empty"',),  # the empty parts of a date box
    "duplicate-id-active": ('id="glide-cell-',),  # cells of two tables on one page, each counted from the same corner
}


def serious(page) -> list[str]:
    """What axe finds serious on the page, but for what Streamlit itself brings."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
        if not any(part in node["html"] for part in GIVEN.get(one["id"], ()))
    ]


def record(site, url_path: str) -> str:
    """The query that opens a record on a screen no menu shows; nothing for the others."""
    customer_id = site.company.customers[0]
    if url_path == "customer":
        return f"?id={customer_id}"
    if url_path == "new-invoice":
        return f"?customer={customer_id}"
    if url_path != "invoice":
        return ""
    details = InvoiceDetails(*("Quay Travel", "2 Quay Street, Sydney", "", "a@x.example", "Ann", "+61255501234"))
    with site.company.database.write() as tx:
        made = issue_invoice(
            tx,
            by=SYSTEM,
            nonce="browser-record-of-the-frame",
            customer_id=customer_id,
            gross=Money.parse("440.00", "AUD"),
            details=details,
        )
    return f"?id={made.id}"


def test_a_one_time_password_is_changed_and_the_deep_link_kept(enter, site) -> None:
    with site.company.database.write() as tx:
        made = people.create_person(tx, by=SYSTEM, name="Ruby Lane", email="ruby@x.example", role=Role.SUPPORT)
    visit = enter(None)
    page = visit.page
    page.goto(f"{site.address}/settings")
    page.get_by_label("E-mail").fill("ruby@x.example")
    page.get_by_label("Password").fill(made.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Current password").fill(made.password)
    page.get_by_label("New password", exact=True).fill(OWN_PASSWORD)
    page.get_by_label("New password again").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("heading", name="Settings").wait_for()
    assert page.url == f"{site.address}/settings"


def test_a_screen_one_may_not_open_says_whom_to_ask(enter) -> None:
    page = enter(Role.SUPPORT).go("/people")
    page.get_by_role("heading", name="People and access").wait_for()
    page.get_by_text("may not see who has access; ask").wait_for()
    assert page.get_by_text("Page not found").count() == 0


def test_a_wrong_password_is_answered_with_one_sentence_and_the_address_stays(enter, site) -> None:
    page = enter(None).page
    page.goto(site.address)
    page.get_by_label("E-mail").fill("accounting@x.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text()
    assert page.get_by_label("E-mail").input_value() == "accounting@x.example"


def test_nobody_gets_past_the_sign_in_by_any_address(enter, site) -> None:
    page = enter(None).page
    for entry in ENTRIES:
        page.goto(f"{site.address}/{entry.url_path}")
        assert "/sign-in" in page.url, entry.url_path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_a_screen_stands_without_a_serious_finding(enter, site, entry, scheme) -> None:
    visit = enter(Role.ADMIN if entry.section == "Admin" else Role.ACCOUNTING, color_scheme=scheme)
    page = visit.go(f"/{entry.url_path}{record(site, entry.url_path)}")
    page.get_by_role("heading", level=1).wait_for()
    visit.drawn()
    assert serious(page) == []


def test_every_screen_no_menu_shows_is_looked_at_with_a_record() -> None:
    assert {entry.url_path for entry in ENTRIES if not entry.shown} == set(RECORDS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_invoice_being_written_stands_without_a_serious_finding(enter, site, scheme) -> None:
    visit = enter(color_scheme=scheme)
    page = visit.go(f"/new-invoice?customer={site.company.customers[2]}")
    page.get_by_role("button", name="Issue invoice").wait_for()
    visit.drawn()
    assert serious(page) == []


def test_the_dark_theme_is_dark(enter) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page = enter(color_scheme=scheme).go()
        colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        shades[scheme] = sum(int(part) for part in colour.strip("rgba()").split(",")[:3])
    assert shades["dark"] < 3 * 64 < 3 * 192 < shades["light"]


def test_back_and_forward_keep_the_period(enter) -> None:
    visit = enter()
    visit.go("/settings?period=2026-10")
    page = visit.go("/approvals?period=2026-09")
    page.go_back()
    visit.settle()
    assert "period=2026-10" in page.url
    page.get_by_role("heading", name="Settings").wait_for()
    page.go_forward()
    visit.settle()
    assert "period=2026-09" in page.url
    page.get_by_role("heading", name="Approvals").wait_for()

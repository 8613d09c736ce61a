"""A usage file in a browser: looked at, imported while a person clicks elsewhere, its bad rows seen, undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from services.access.model import Role
from services.integrity.queries import run
from services.ledger.queries import credit_balance

HEADER = "external_id,customer,sub_account,product,date,country,price,currency,to\n"
ROWS = 30_000  # takes a second or two: long enough to click elsewhere


def usage_file(rows: int) -> bytes:
    """Messages of yesterday of one customer, the third of them of nobody."""
    sent = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    lines = (
        f"b{number},{'nobody' if number == 2 else 'user2'},shop,sms,{sent},AU,0.01,AUD,+61412345678\n"
        for number in range(rows)
    )
    return (HEADER + "".join(lines)).encode()


def credit_of(site, customer_id: int) -> int:
    """The customer's credit in micros."""
    with site.company.database.read() as conn:
        return credit_balance(conn, customer_id, "AUD").micros


def test_a_file_is_imported_whole_whatever_is_clicked_and_undone(enter, site) -> None:
    customer_id = site.company.customers[2]
    before = credit_of(site, customer_id)
    visit = enter()
    page = visit.go("/usage?usage_view=Imports")
    page.locator("input[type=file]").set_input_files(
        {"name": "november.csv", "mimeType": "text/csv", "buffer": usage_file(ROWS)}
    )
    page.get_by_text("1 bad row", exact=True).wait_for()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("progressbar").or_(page.get_by_text("message records imported")).first.wait_for()
    page.get_by_text("Countries", exact=True).click()  # while it runs: the act goes on in its thread
    page.get_by_text("Imports", exact=True).click()
    page.get_by_text(f"{ROWS - 1:,} message records imported in 1 journal entry, 1 bad row left out").wait_for()
    assert credit_of(site, customer_id) == before - (ROWS - 1) * 10_000
    page.get_by_text("There is no customer", exact=False).first.wait_for(state="attached")
    page.get_by_role("button", name="Close", exact=True).click()
    visit.pick(page.get_by_test_id("stDataFrame").first)
    page.get_by_label("Why the whole import is undone").fill("The wrong month")
    page.get_by_text("Take 29,999 message records out of every sum").click()
    page.get_by_role("button", name="Undo the import").click()
    page.get_by_text("29,999 message records no longer count").wait_for()
    assert credit_of(site, customer_id) == before
    with site.company.database.read() as conn:
        assert [one.check for one in run(conn) if not one.ok and one.check.startswith("usage")] == []


def test_support_shows_a_recipient_for_a_reason(enter, site) -> None:
    visit = enter()
    page = visit.go("/usage?usage_view=Imports")
    content = usage_file(3).replace(b"\nb", b"\nr").replace(b"nobody", b"user2")
    page.locator("input[type=file]").set_input_files({"name": "three.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("3 message records imported").wait_for()
    support = enter(Role.SUPPORT)
    page = support.go("/usage?usage_view=Messages&period=Last+12+months")
    support.pick(page.get_by_test_id("stDataFrame").first)
    assert page.get_by_text("+61412345678").count() == 0
    page.get_by_label("Why you need to see the recipient").fill("ticket 77")
    page.get_by_role("button", name="Show recipient").click()
    page.get_by_text("+61412345678").wait_for()
    with site.company.database.read() as conn:
        asked = text("SELECT reason FROM audit_event WHERE act = 'usage.reveal_recipient'")
        assert conn.execute(asked).scalars().all() == ["ticket 77"]

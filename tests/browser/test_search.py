"""Searching while typing in a real browser: no letter is lost, only the box is drawn again, keys lead everywhere."""

from __future__ import annotations

from services.access.model import Role

BOX = "Search customers, numbers, invoices and cards"


def test_answers_come_while_typing_and_no_letter_is_lost(enter) -> None:
    visit = enter(Role.SUPPORT)
    page = visit.go("/settings")
    page.evaluate("document.querySelector('h1').dataset.mark = 'kept'")
    box = page.get_by_label(BOX)
    box.click()
    for letters in ("blu", "geum", " clinics"):  # a burst, a pause in which an answer comes, the next burst
        page.keyboard.type(letters, delay=15)
        page.wait_for_timeout(300)
    assert box.input_value() == "blugeum clinics"
    answer = page.get_by_role("link", name="Bluegum Clinics · 10000")
    answer.wait_for()
    assert box.input_value() == "blugeum clinics"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == BOX, "the cursor stays in the box"
    assert page.evaluate("document.querySelector('h1').dataset.mark") == "kept", "the screen is not drawn again"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Bluegum Clinics").wait_for()
    assert "/customer?id=" in page.url
    assert page.get_by_label(BOX).input_value() == ""


def test_a_key_leads_to_the_list_and_another_to_the_box(enter) -> None:
    visit = enter(Role.SUPPORT)
    page = visit.go("/settings")
    page.get_by_label(BOX).click()
    page.keyboard.type("harbour", delay=15)
    page.get_by_text("1 answer, the best first").wait_for()
    visit.press("Alt+Enter", page.get_by_role("heading", name="Customers", exact=True))
    assert "q=harbour" in page.url
    visit.press("Alt+s", page.get_by_role("dialog"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("star salon", delay=15)
    page.get_by_role("dialog").get_by_text("1 answer, the best first").wait_for()

"""An accountant's hands stay on the keyboard: a receipt is changed, split, held, refunded and each undone by keys."""

from __future__ import annotations

from datetime import UTC, datetime

from services.access.model import SYSTEM
from services.banking.model import Line
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.banking.writer import write_camt053
from services.company.queries import bank_account_for
from services.invoices.operations import issue_invoice
from services.money import Money
from tests.pages.bought import DETAILS

LETTER = "Sent to the wrong invoice"


def received(site) -> None:
    """Two invoices of one customer, and 700.00 AUD from somebody who names neither."""
    with site.company.database.write() as tx:
        for nonce, amount in (("keys-one", "440.00"), ("keys-two", "330.00")):
            facts = {"customer_id": site.company.customers[0], "details": DETAILS, "nonce": nonce}
            issue_invoice(tx, by=SYSTEM, gross=Money.parse(amount, "AUD"), **facts)
        account, today = bank_account_for(tx.conn, "AUD"), tx.today
        content = write_camt053(
            account=account.iban or account.number, holder=account.holder, number="77", written_at=datetime.now(UTC),
            on=(today, today), opening=Money.parse("0", "AUD"),
            lines=[Line(today, today, Money.parse("700.00", "AUD"), "GROUP TREASURY", "no idea", "KEYS-1")],
        ).replace(b"OPBD", b"INFO")  # fmt: skip
        import_statement(tx, by=SYSTEM, name="keys.xml", content=content, accept_untied=True)


def left(site) -> list[str]:
    with site.company.database.read() as conn:
        return [each.unallocated.plain() for each in unallocated_receipts(conn)]


def until_left(visit, site, *amounts: str) -> None:
    """Wait until this is what is left of receipts; sentences of earlier acts may still stand on the screen."""
    for _ in range(300):
        if left(site) == list(amounts):
            break
        visit.page.wait_for_timeout(200)
    assert left(site) == list(amounts)
    visit.page.get_by_role("dialog").wait_for(state="detached")
    visit.settle()


def act(visit, key: str) -> None:
    """Open the dialog of an act on the first receipt by its key."""
    visit.press(key, visit.page.get_by_role("dialog"))


def done(visit, site, *left_over: str) -> None:
    """Send the form of the dialog by keys; this is left of receipts then."""
    visit.settle()
    visit.page.keyboard.press("Control+Enter")
    until_left(visit, site, *left_over)


def undone(visit, site) -> None:
    """Undo what was done last, with a reason, by keys."""
    act(visit, "Alt+u")
    into(visit, "Why it is undone", LETTER)
    done(visit, site, "700.00")


def into(visit, label: str, words: str) -> None:
    """Go on with Tab until the field of the dialog has the focus, then type into it."""
    visit.page.get_by_role("dialog").get_by_label(label).first.wait_for()
    visit.settle()
    for _ in range(12):
        if visit.page.evaluate("document.activeElement.getAttribute('aria-label')") == label:
            break
        visit.page.keyboard.press("Tab")
        visit.page.wait_for_timeout(100)  # the dialog moves the focus itself while it opens
    assert visit.page.evaluate("document.activeElement.getAttribute('aria-label')") == label
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.type(words)


def pick(visit, amount: str) -> None:
    """Take the invoice of that amount from the list that was narrowed by typing it."""
    visit.page.get_by_role("option").get_by_text(f"{amount} open").first.wait_for()
    visit.page.keyboard.press("Enter")
    visit.settle()


def test_a_receipt_is_changed_split_held_refunded_and_each_undone_by_keyboard_alone(enter, site) -> None:
    received(site)
    visit = enter()
    visit.go("/bank-receipts")
    visit.page.get_by_role("button", name="Hold").first.wait_for()
    act(visit, "Alt+o")
    into(visit, "Invoice", "440")
    pick(visit, "440.00")
    done(visit, site, "260.00")
    visit.page.get_by_role("button", name="Undo").first.wait_for()
    undone(visit, site)
    act(visit, "Alt+l")
    into(visit, "Invoices", "440")
    pick(visit, "440.00")
    visit.page.keyboard.type("330")
    pick(visit, "330.00")
    visit.page.keyboard.press("Escape")
    done(visit, site)
    undone(visit, site)
    act(visit, "Alt+h")
    into(visit, "Why it cannot be placed yet", "Nobody knows")
    done(visit, site)
    undone(visit, site)
    act(visit, "Alt+b")
    into(visit, "Amount, AUD", "100")
    into(visit, "The payer’s account", "BSB 062-000 1234")
    into(visit, "Why it goes back", "Sent by mistake")
    done(visit, site, "600.00")
    undone(visit, site)
    act(visit, "Alt+k")
    visit.page.get_by_text("Hold that receipt in suspense").wait_for()
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("dialog").wait_for(state="detached")
    act(visit, "Alt+h")  # held at last, so that other journeys find nothing that waits
    into(visit, "Why it cannot be placed yet", "Nobody knows")
    done(visit, site)

"""Every check can go red: books are damaged behind the guards' back, and the check that should see it does."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from services.company.model import GstBasis
from services.db.engine import Database
from services.integrity import queries as integrity
from services.ledger import operations as ledger
from tests.builders import AT, ONE, bought, customers, post, reverse, used
from tests.invoicing import issue, open_shop
from tests.receiving import receive

SUB_DAY = (
    "INSERT INTO usage_sub_day (customer_id, day, sub_account, product, country, currency, records, messages, parts,"
    " micros) VALUES (1, '2026-11-20', '', 'sms', 'AU', 'AUD', 1, 1, 1, 5)"
)
SUB_MONTH = SUB_DAY.replace("sub_day", "sub_month").replace(" day,", " month,").replace("11-20", "11-01")
TOTAL = (
    "INSERT INTO usage_total_{0} ({0}, product, country, currency, row_count, messages, parts, micros, records)"
    " VALUES ('2026-11-01', 'sms', 'AU', 'AUD', 1, 1, 1, 5, 0)"
)
FEE = (
    "INSERT INTO custom_fee (id, nonce, customer_id, kind, recurring, visible, description, wording, currency,"
    " starts_on) VALUES (1, 'x', 1, 'keyword', {yes}, {no}, 'x', '', 'AUD', '2026-11-20')"
)
FEE_CHARGE = (
    "INSERT INTO custom_fee_charge (fee_id, customer_id, visible, month, starts_on, ends_before, posted_on,"
    " posted_month, micros, currency, entry_id, charged_by, approved_by, reason) VALUES (1, 1, {no}, '2026-11-01',"
    " '2026-11-19', '2026-11-21', '2026-11-19', '2026-11-01', 5, 'AUD', 2, 'x', '', '')"
)
VERSION = (
    "INSERT INTO paper_version (invoice_id, version, company_name, address, business_id, email, contact_name,"
    " contact_phone, language, po_number, tax_title, tax_note, issued_on, replaces_on, issued_at, issued_by, reason,"
    " template, sha256) VALUES (1, 2, '', '', '', '', '', '', 'en', '', '', '', '2026-11-20', '2026-11-20',"
    " '2026-11-20T01:00:00.000000Z', 'x', 'x', 1, '')"
)
MAIL = (
    "INSERT INTO mail_message (id, key, kind, about, about_id, version, invoice_id, customer_id, number, to_address,"
    " to_key, language, facts, subject, state, via, attempts, lease_until, message_id, queued_at, queued_by, sent_at,"
    " said, reason) VALUES ({id}, 'key {id}', 'invoice', 'invoice', 1, 1, 1, 1, 'INV-1', 'a@x.example', 'a@x.example',"
    " 'en', '{}', 'x', '{state}', 'mail room', 1, {lease}, '<{id}@x>', '2026-11-20T01:00:00.000000Z', 'x',"
    " '2026-11-20T01:00:00.000000Z', '', '')"
)
SENT = [MAIL.replace("{id}", each).replace("{state}", "sent").replace("{lease}", "NULL") for each in ("1", "2")]
LEASED = MAIL.replace("{id}", "1").replace("{state}", "sending").replace("{lease}", "'2020-01-01T01:00:00.000000Z'")
CHOICE = (
    "INSERT INTO mail_choice (id, receipts, chosen_at, chosen_by, reason)"
    " VALUES (1, {yes}, '2026-11-01T01:00:00.000000Z', 'x', 'x')"
)
CHARGE = (
    "INSERT INTO card_payment (external_id, payment_intent, payment_method, customer_id, status, failure_code, failure,"
    " brand, last_four, currency, gross_micros, base_micros, owed_back_micros, under_least, charged_at, effective_on,"
    " livemode, noted_at, noted_by) VALUES ('ch_1', '', '', 1, 'succeeded', '', '', 'visa', '4242', 'AUD', 5, 5, 0,"
    " {no}, '2026-11-20T01:00:00.000000Z', '2026-11-20', {no}, '2026-11-20T01:00:00.000000Z', 'x')"
)
DAMAGE = {
    "card_payments": [CHARGE],
    "card_clearing": ["UPDATE account SET purpose = 'card_clearing' WHERE purpose = 'unallocated'"],
    "held_disputes": ["UPDATE account SET purpose = 'held_disputes' WHERE purpose = 'unallocated'"],
    "mail_leases": [LEASED],
    "mail_once": SENT,
    "mail_of_its_paper": SENT[:1],
    "paper_versions": [VERSION],
    "custom_fees": ["UPDATE journal_entry SET kind = 'custom_fee' WHERE id = 2"],
    "custom_fee_months": [FEE, FEE_CHARGE],
    "entries_balance": [
        "UPDATE posting SET amount = amount + 1, base_amount = base_amount + 1 WHERE entry_id = 1 AND seq = 1"
    ],
    "entries_sealed": ["UPDATE journal_seal SET postings = 3 WHERE entry_id = 1"],
    "balances_kept": ["UPDATE account_balance SET balance = balance + 1"],
    "balances_run": [
        "UPDATE posting SET balance_after = balance_after + 1 WHERE entry_id = 2 AND account_version IS NOT NULL"
    ],
    "limits_held": ["UPDATE account_balance SET max_balance = -900000000"],
    "days_kept": ["DELETE FROM account_day WHERE kind = 'usage_sms'"],
    "control_totals_kept": ["UPDATE control_day SET postings = postings + 1"],
    "trial_balance": [
        "UPDATE posting SET amount = amount + 1, base_amount = base_amount + 1 WHERE entry_id = 1 AND seq = 1"
    ],
    "reversals_mirror": ["UPDATE posting SET amount = 2 * amount, base_amount = 2 * base_amount WHERE entry_id = 3"],
    "closed_months": [
        (
            "INSERT INTO accounting_period (period, status, closed_at, closed_by) "
            "VALUES (202612, 'closed', '2026-11-20T01:00:00.000000Z', 'x')"
        )
    ],
    "hash_chain": ["UPDATE journal_entry SET source = 'x' WHERE id = 2"],
    "receipts_unallocated": ["SELECT 1"],  # receipts posted without any bank line are themselves the damage
    "payments_in_suspense": ["UPDATE account SET purpose = 'suspense' WHERE purpose = 'unallocated'"],
    "receipts_to_pay_back": ["UPDATE account SET purpose = 'pay_back' WHERE purpose = 'unallocated'"],
    "credit_ahead": ["UPDATE account SET purpose = 'provisional' WHERE purpose = 'unallocated'"],
    "gst_payable": ["UPDATE account SET purpose = 'gst_payable' WHERE purpose = 'unallocated'"],
    "gst_not_due": ["UPDATE account SET purpose = 'gst_not_due' WHERE purpose = 'credit'"],
    "gst_on_use": ["UPDATE account SET purpose = 'gst_payable', detail = 'use' WHERE purpose = 'revenue_sms'"],
    "receivables": ["UPDATE account SET purpose = 'receivable' WHERE purpose = 'credit'"],
    "usage": ["UPDATE journal_entry SET source = 'usage' WHERE id = 2"],
    "usage_records": [SUB_DAY],
    "usage_days": [SUB_DAY],
    "usage_totals": [TOTAL.format("day")],
    "usage_sub_months": [SUB_MONTH],
    "usage_months": [TOTAL.format("month")],
    "usage_imports": [
        (
            "INSERT INTO usage_import (source, file_name, sha256, format, status, rows_good, rows_bad, rows_repeated,"
            " rows_late, imported_at, imported_by)"
            " VALUES ('file', 'x.csv', '', 'csv', 'imported', 1, 0, 0, 0, '2026-11-20T01:00:00.000000Z', 'x')"
        )
    ],
    "usage_numbers": [
        (
            "INSERT INTO usage_number_day (e164, customer_id, day, records, messages, micros) "
            "VALUES ('+61480000001', 1, '2026-11-20', 1, 1, 0)"
        )
    ],
}


def _books(database: Database) -> None:
    (one,) = customers(database, 1)
    post(database, bought(one, 500 * ONE, key="a"))
    post(database, used(one, ONE, key="b"))
    first = post(database, bought(one, 2 * ONE, key="c"))
    with database.write(at=AT) as tx:
        reverse(tx, first.entry_id)
    database.act(ledger.roll_up)


def _damage(database: Database, statements: list[str]) -> None:
    """Write as somebody with the file in hands, or a superuser, would: no trigger and no key looks."""
    engine = create_engine(database.url)
    with engine.begin() as conn:
        if database.is_sqlite:
            for name in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                conn.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            conn.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            yes, no = ("1", "0") if database.is_sqlite else ("true", "false")
            conn.execute(text(statement.replace("{yes}", yes).replace("{no}", no)))
    engine.dispose()


def test_books_that_were_only_posted_to_are_green(database: Database) -> None:
    _books(database)
    with database.read() as conn:
        found = [one for one in integrity.run(conn) if one.check != "receipts_unallocated"]
    assert [one.check for one in found if not one.ok] == []


@pytest.mark.parametrize("check", DAMAGE)
def test_damage_turns_the_check_red(database: Database, check: str) -> None:
    _books(database)
    _damage(database, DAMAGE[check])
    with database.read() as conn:
        (found,) = integrity.run(conn, names=[check])
    assert (found.ok, found.rows > 0, len(found.broken) > 0) == (False, True, True)


def test_on_a_cash_basis_a_wrong_share_of_tax_turns_both_checks_of_gst_red(database: Database) -> None:
    made = issue(database, open_shop(database, gst_basis=GstBasis.CASH)["AU"], "220.00", nonce="a")
    receive(database, made, "110.00")
    names = ["gst_payable", "gst_not_due"]
    with database.read() as conn:
        assert [one.ok for one in integrity.run(conn, names=names)] == [True, True]
    _damage(database, ["UPDATE invoice SET cleared_net_micros = cleared_net_micros - 10000"])
    with database.read() as conn:
        assert [one.ok for one in integrity.run(conn, names=names)] == [False, False]


def test_a_name_that_is_no_check_is_refused(database: Database) -> None:
    with pytest.raises(integrity.NoSuchCheck, match="There is no check “luck”"), database.read() as conn:
        integrity.run(conn, names=["luck"])


def test_progress_names_every_check(database: Database) -> None:
    told: list[tuple[int, int, str]] = []
    with database.read() as conn:
        integrity.run(conn, progress=lambda *step: told.append(step))
    assert [name for _, _, name in told] == [check.name for check in integrity.CHECKS]


def test_use_without_tax_is_seen_where_use_is_taxed(database: Database) -> None:
    shop = open_shop(database)
    post(database, used(shop["AU"].id, 11 * ONE, key="a"))
    post(database, used(shop["US"].id, 11 * ONE, key="b", currency="USD"))
    _damage(database, ["UPDATE company_profile SET tax_point = 'redemption'"])
    with database.read() as conn:
        (found,) = integrity.run(conn, names=["gst_on_use"])
    assert [(row["kind"], row["tax_micros"], row["paid_micros"]) for row in found.broken] == [
        ("usage_sms", 0, 11 * ONE)
    ]

"""Laws of tax on use: it is the tax of what was used for money, and moves neither a balance nor a promotion."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert

from services.access.model import SYSTEM
from services.company.model import Company, Profile, TaxPoint
from services.company.operations import set_up
from services.db.engine import Database
from services.integrity import books, taxes
from services.ledger import operations as ledger
from services.ledger import queries
from services.ledger.model import CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.ledger.redeeming import TAXED
from services.pricing.tables import tax_rule
from tests.builders import AT, TODAY, bought, credit, customers, granted, used
from tests.conftest import SYDNEY
from tests.laws.test_promotional import AMOUNTS, OWNERS, RATES, Given, Owner

TENTH = 11  # a price holds one eleventh of tax
# what takes credit for use, and what gives it back: the account on the other side
USES = {Kind.USAGE_EMAIL: Purpose.REVENUE_EMAIL, Kind.RENTAL: Purpose.RENTAL, Kind.CUSTOM_FEE: Purpose.CUSTOM_FEE}
BACK = {
    Kind.GOODWILL: Purpose.GOODWILL,
    Kind.USAGE_REFUND: Purpose.PRICE_ADJUST,
    Kind.RENTAL_REFUND: Purpose.RENTAL,
    Kind.CREDIT_CORRECTION: Purpose.PRICE_ADJUST,
}
NOT_EARNED = ("credit", "promo_deferred", "unallocated", "gst_payable")


def redeeming(path: Path) -> Database:
    """Books of two Australian customers whose credit is taxed when it is used."""
    database = Database(f"sqlite:///{path}", timezone=SYDNEY)
    customers(database, 2)
    company = Company(
        "A Pty Ltd", "51824753556", ("1 Road",), "a@b.example", "1", "b.example", "AU", tax_point=TaxPoint.REDEMPTION
    )
    row = {"country": "AU", "valid_from": date(2000, 7, 1), "code": "au-gst", "rate_numerator": 1}
    row |= {"rate_denominator": TENTH, "shows_tax": True, "tax_name": "GST"}
    row |= dict.fromkeys(("title_en", "title_fr", "note_en", "note_fr"), "x")
    with database.write(at=AT) as tx:
        set_up(tx, by=SYSTEM, profile=Profile(company, ()))
        tx.conn.execute(insert(tax_rule).values(**row))
    return database


def moved(kind: Kind, other: Purpose, owner: Owner, micros: int, *, key: str, rate: str) -> Draft:
    """Credit taken (micros > 0) or given by an entry of a kind."""
    legs = (Leg(credit(owner[0], owner[1]), micros, CARRIED), Leg(Account(other, owner[1]), -micros, PLUG))
    return Draft(kind, "test", key, TODAY, legs, customer_id=owner[0], rate=Decimal(rate))


class Taxed(Given):
    """The same histories, and rental, fees, refunds and goodwill beside them, where use bears the tax.

    Both balances must be what plain reckoning says: that is asked by the machine this one extends.
    """

    @initialize()
    def open_books(self) -> None:
        """New books; the oracle is the plain one."""
        super().open_books()
        self.database.close()
        self.database = redeeming(self._fresh())

    def _fresh(self) -> Path:
        path = self.folder / f"taxed-{self.serial}.sqlite"
        shutil.copy(self.template, path)
        return path

    @rule(owner=OWNERS, micros=AMOUNTS, rate=RATES, kind=st.sampled_from(sorted(USES)))
    def charge(self, owner: Owner, micros: int, rate: str, kind: Kind) -> None:
        """Rental, a fee or a campaign."""
        facts = self._facts(owner, rate)
        draft = moved(kind, USES[kind], owner, micros, key=facts["key"], rate=rate)
        self._post(draft, owner, credit=-micros, use=True)

    @rule(owner=OWNERS, micros=AMOUNTS, rate=RATES, kind=st.sampled_from(sorted(BACK)))
    def give_back(self, owner: Owner, micros: int, rate: str, kind: Kind) -> None:
        """Goodwill, a refund or a correction: what it gives counts as used so much less."""
        draft = moved(kind, BACK[kind], owner, -micros, key=self._facts(owner, rate)["key"], rate=rate)
        self._post(draft, owner, credit=micros)

    @invariant()
    def earns_only_what_was_paid(self) -> None:
        """What was paid and is no longer held is earned or is tax: an eleventh of it, to a micro an entry."""
        if not hasattr(self, "database"):
            return
        with self.database.read() as conn:
            frame, entries = queries.trial_balance(conn), queries.newest_entry(conn)
        for code in ("AUD", "USD"):
            held = sum(self.credit[who] - self.promotional[who] for who in list(self.credit) if who[1] == code)
            used_for_money = self.paid[code] - held
            sums = {"tax": 0, "earned": 0}
            for name, currency, micros in zip(
                frame["account"], frame["currency"], frame["balance_micros"], strict=True
            ):
                purpose = name.split(":")[1]
                if currency == code and (purpose == "gst_payable" or purpose not in NOT_EARNED):
                    sums["tax" if purpose == "gst_payable" else "earned"] -= int(micros)
            assert sums["tax"] + sums["earned"] == used_for_money
            assert abs(TENTH * sums["tax"] - used_for_money) <= TENTH * entries

    def teardown(self) -> None:
        """At the end each entry bears its own tax, and the checks of the books are green."""
        if hasattr(self, "database"):
            with self.database.read() as conn:
                broken = {each.name: rows for each in taxes.CHECKS if (rows := each.search(conn))}
            assert broken == {}
        super().teardown()


def test_random_histories_of_tax_on_use(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Taxed.template, Taxed.folder = sqlite_template, Path(folder)
        run_state_machine_as_test(
            Taxed,
            settings=settings(
                max_examples=20,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            ),
        )


@given(
    st.lists(
        st.tuples(st.sampled_from(["buy", "grant", *sorted(TAXED)]), OWNERS, AMOUNTS, RATES), min_size=1, max_size=8
    )
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_undoing_everything_leaves_nothing(sqlite_template: Path, history: list[tuple[str, Owner, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite"
        shutil.copy(sqlite_template, path)
        database = redeeming(path)
        posted = []
        for number, (what, owner, micros, rate) in enumerate(history):
            facts = {"key": str(number), "currency": owner[1], "rate": rate}
            if what == "buy":
                draft = bought(owner[0], micros, **facts)
            elif what == "grant":
                draft = granted(owner[0], micros, **facts)
            elif what in BACK:
                draft = moved(Kind(what), BACK[Kind(what)], owner, -micros, key=facts["key"], rate=rate)
            elif what in USES:
                draft = moved(Kind(what), USES[Kind(what)], owner, micros, key=facts["key"], rate=rate)
            else:
                draft = used(owner[0], micros, **facts)
            posted.append(database.act(lambda tx, draft=draft: ledger.post(tx, draft, by=SYSTEM), at=AT).entry_id)
        for entry_id in reversed(posted):
            with database.write(at=AT) as tx:  # also what only paid a debt, which is owed again
                ledger.reverse(tx, by=SYSTEM, entry_id=entry_id, on=TODAY, reason="a test", guarded=False)
        with database.read() as conn:
            left = queries.trial_balance(conn)
            broken = [each.name for each in (*books.CHECKS, *taxes.CHECKS) if each.search(conn)]
        database.close()
        assert left["balance_micros"].tolist() == [0] * len(left)
        assert broken == []

"""One receipt over several invoices: chosen by a person, each with the amount it is given."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import state, text
from pages._ui.frame import attempt, complain, plain, read
from pages._ui.receipt_choice import called, given, warn_of_too_little
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.money import Money, NotAnAmount
from services.reconciliation.splitting import FEWEST, MOST, fault, split_receipt


def draw(line: BankLine) -> Done | None:
    """Inside a dialog: the invoices and the amount each is given; what no part takes stays unallocated."""
    code = line.amount.currency
    st.caption(f"{text.money(line.unallocated)} from {plain(line.counterparty) or 'an unnamed payer'}.")
    offered = {each.id: each for each in reversed(read(invoices.open_invoices, currency=code))}
    if len(offered) < FEWEST:
        st.caption(f"Fewer than two invoices in {code} wait for money.")
        return None
    chosen = st.multiselect(
        "Invoices", list(offered), key=f"split_invoices_{line.id}", placeholder="Type to find them",
        max_selections=MOST, select_all=False, format_func=lambda number: called(offered[number]),
    )  # fmt: skip
    parts, wrong = _amounts(line, [offered[number] for number in chosen])
    given_ = Money(sum((each.micros for each in parts.values()), 0), code)
    if given_ <= line.unallocated:
        rest = line.unallocated - given_
        st.caption(f"{text.money(given_)} of {text.money(line.unallocated)}; {text.money(rest)} stays.")
    elif not wrong:
        wrong = fault(line.unallocated, list(parts.values()))
    sent = st.button("Give each its part", key=f"split_sent_{line.id}", type="primary", shortcut="Ctrl+Enter")
    if sent:
        return _split(line, parts, wrong)
    if wrong:
        complain(plain(wrong))
    return None


def _amounts(line: BankLine, chosen: Sequence[Invoice]) -> tuple[dict[int, Money], str]:
    """What is typed for each invoice, at first all of the receipt in their order; and what is wrong with it."""
    parts: dict[int, Money] = {}
    wrong, left = "", line.unallocated
    for each in chosen:
        usual = min(left, each.open)
        left = left - usual
        typed = st.text_input(
            f"For {each.number}, {line.amount.currency}", usual.plain(), key=f"part_{line.id}_{each.id}"
        )
        try:
            parts[each.id] = Money.parse(typed or "", line.amount.currency)
        except NotAnAmount as error:
            wrong = f"{each.number}: {error}"
        else:
            if parts[each.id].micros > 0:
                warn_of_too_little(each, parts[each.id])
    return parts, wrong


def _split(line: BankLine, parts: dict[int, Money], wrong: str) -> Done | None:
    wrong = wrong or fault(line.unallocated, list(parts.values()))
    if wrong:
        st.error(plain(wrong), icon=":material/error:")
        return None
    form = f"split_{line.id}"
    done = attempt(
        split_receipt, show=False, line_id=line.id, parts=parts, nonce=state.nonce(form), left=line.unallocated
    )
    if not done:
        st.error(plain(" ".join(done.fields.values()) or done.sentence), icon=":material/error:")
        return None
    made = done.result or []
    net = Money(sum((each.net.micros for each in made), 0), line.amount.currency)
    state.rotate(form)
    state.tell(f"Split over {text.count(len(made), 'invoice')}: credit rose by {text.money(net)}.")
    return given(line, made)

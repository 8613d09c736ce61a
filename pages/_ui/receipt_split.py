"""One receipt over several invoices: chosen by a person, each with the amount it is given."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import cached, state, text
from pages._ui.frame import attempt, plain, read
from services.banking.model import BankLine
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.money import Money, NotAnAmount
from services.reconciliation.splitting import FEWEST, MOST, fault, split_receipt


def offer(line: BankLine, open_in: dict[str, list[Invoice]]) -> None:
    """The place to split a receipt; what no part takes stays unallocated."""
    with st.popover("Split", key=f"split_{line.id}", on_change="rerun", width="stretch") as box:
        if not box.open:
            return
        code = line.amount.currency
        if code not in open_in:
            open_in[code] = read(invoices.open_invoices, currency=code)
        offered = {each.id: each for each in reversed(open_in[code])}
        if len(offered) < FEWEST:
            st.caption(f"Fewer than two invoices in {code} wait for money.")
            return
        chosen = st.multiselect(
            "Invoices", list(offered), key=f"split_invoices_{line.id}", placeholder="Type to find them",
            max_selections=MOST, select_all=False, format_func=lambda number: _called(offered[number]),
        )  # fmt: skip
        parts, wrong = _amounts(line, [offered[number] for number in chosen])
        given = sum((each.micros for each in parts.values()), 0)
        rest = line.unallocated - Money(given, code)
        st.caption(f"{text.money(Money(given, code))} of {text.money(line.unallocated)}; {text.money(rest)} stays.")
        if wrong:
            st.caption(f":red[{plain(wrong)}]")
        if st.button("Give each its part", key=f"split_sent_{line.id}", type="primary", shortcut="Ctrl+Enter"):
            _split(line, parts, wrong)


def _called(invoice: Invoice) -> str:
    return f"{invoice.number} · {invoice.details.company_name} · {text.amount(invoice.open)} open"


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
    return parts, wrong


def _split(line: BankLine, parts: dict[int, Money], wrong: str) -> None:
    wrong = wrong or fault(line.unallocated, list(parts.values()))
    if wrong:
        st.error(plain(wrong), icon=":material/error:")
        return
    form = f"split_{line.id}"
    done = attempt(
        split_receipt, show=False, line_id=line.id, parts=parts, nonce=state.nonce(form), left=line.unallocated
    )
    if not done:
        st.error(plain(" ".join(done.fields.values()) or done.sentence), icon=":material/error:")
        return
    made = done.result or []
    net = Money(sum((each.net.micros for each in made), 0), line.amount.currency)
    state.tell(f"Split over {text.count(len(made), 'invoice')}: credit rose by {text.money(net)}.")
    state.rotate(form)
    cached.forget()
    st.rerun()

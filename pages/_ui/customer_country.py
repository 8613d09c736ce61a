"""The country a customer is taxed in, changed on its own: what is issued from then on follows the other tax rule."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, places, text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from services.customers import queries as customers
from services.customers.model import Customer
from services.customers.operations import change_country
from services.invoices.treatment import treatment_of_top_up
from services.pricing.model import TaxTreatment


def offer(customer: Customer) -> None:
    """The button that opens the dialog."""
    if st.button("Country", key="details_country", icon=":material/public:"):
        _ask(customer.id)


@st.dialog("Country of the customer", icon=":material/public:")
def _ask(customer_id: int) -> None:
    drawn(customer_id)


def drawn(customer_id: int) -> None:
    """What the dialog holds: the country, what invoices would say of tax, and how it is known."""
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    owner = read(customers.customer, customer_id=customer_id)
    st.caption(
        "The tax on invoices to come follows from it. Invoices already issued keep theirs: one for the wrong country is"
        " credited and issued anew."
    )
    form = Form(f"country_{owner.id}_{owner.country}")
    codes = places.countries()
    chosen = form.choice("country", "Country", codes, index=codes.index(owner.country), format_func=places.country_name)
    country = chosen or owner.country
    _says("Now", owner.country)
    if country != owner.country:
        _says("Then", country)
    with form.drawn(border=False):
        reason = form.text("reason", "How you know", max_chars=500, placeholder="Moved to Lyon, says ticket 4711")
        sent = st.form_submit_button("Change the country", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    if country == owner.country:
        form.complain({"country": f"It is {places.country_name(country)} already; choose another."})
        return
    told = f"{owner.name} is taxed as a customer in {places.country_name(country)} from now on."
    asked = {"customer_id": owner.id, "country": country, "seen": owner.country, "reason": reason}
    if form.act(change_country, told=told, **asked):
        cached.forget()
        st.rerun()


def _says(when: str, country: str) -> None:
    """The paper's title in a country, and what it says of tax."""
    rule: TaxTreatment = read(treatment_of_top_up, country=country, on=text.today())
    st.markdown(f"**{when}** {plain(rule.title('en'))}: {plain(rule.note('en'))}")

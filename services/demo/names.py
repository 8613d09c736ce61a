"""Names, addresses and telephone numbers that belong to nobody: reserved ranges and the ".example" domain only."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = (  # noqa: SIM905 - a column of words says no more
    "Amber Banksia Bluegum Brolga Cedar Cinder Clover Cobalt Copper Coral Currawong Dune Ember Fern Finch Granite"
    " Harbour Hazel Heron Ironbark Jacaranda Juniper Kelp Kestrel Lantern Larch Lumen Magpie Maple Marlin Meridian"
    " Northwind Ochre Osprey Pebble Quoll Saltbush Sandstone Tamarind Wattle"
).split()
_TRADES = (
    "Dental",
    "Couriers",
    "Fitness",
    "Property",
    "Energy",
    "Travel",
    "Clinics",
    "Tickets",
    "Motors",
    "Schools",
)
_GIVEN = (  # noqa: SIM905 - a column of words says no more
    "Aiko Amelia Anouk Arjun Benedikt Camille Charlotte Daniel Elif Emeka Farah Grace Hana Henrik Isla Jonas Jack"
    " Kirra Leila Liam Lucia Mei Mateo Noah Olivia Priya Rafael Ruby Samir Sofia Tane Thomas Wiremu Yara Zoe"
).split()
_FAMILY = (  # noqa: SIM905 - a column of words says no more
    "Abbott Bauer Bennett Chen Costa Dubois Edwards Fischer Fraser Gupta Hughes Ito Jansen Keller Kowalski"
    " Lambert Leclerc Mahuta Moreau Nguyen O'Brien Okafor Papadakis Patel Reid Rossi Schmidt Sharma Silva Tan"
    " Thompson Walker Weber Yilmaz"
).split()


@dataclass(frozen=True, slots=True)
class Place:
    """How a country writes its companies, streets, towns and telephone numbers."""

    currency: str
    legal_form: str
    towns: tuple[str, ...]
    streets: tuple[str, ...]
    address: str
    phone: str
    number: str
    monthly_price: int
    language: str = "en"


PLACES = {
    "AU": Place(
        "AUD",
        "Pty Ltd",
        ("Sydney NSW 2000", "Melbourne VIC 3000", "Brisbane QLD 4000", "Perth WA 6000", "Hobart TAS 7000"),
        ("Example Street", "Wattle Road", "Harbour Parade", "Station Lane"),
        "{no} {street}\n{town}",
        "+61 2 5550 {line:04d}",
        "+6149157{line:04d}",
        25,
    ),
    "NZ": Place(
        "NZD",
        "Limited",
        ("Auckland 1010", "Wellington 6011", "Christchurch 8011"),
        ("Kauri Street", "Rata Road", "Quay Parade"),
        "{no} {street}\n{town}",
        "+64 9 555 {line:04d}",
        "+64215550{line:04d}",
        27,
    ),
    "GB": Place(
        "GBP",
        "Ltd",
        ("London EC1A 1AA", "Leeds LS1 1AA", "Bristol BS1 1AA"),
        ("Sample Street", "Mill Lane", "Station Road"),
        "{no} {street}\n{town}",
        "+44 20 7946 {line:04d}",
        "+447700{line:06d}",
        13,
    ),
    "US": Place(
        "USD",
        "Inc.",
        ("Austin, TX 78701", "Portland, OR 97201", "Chicago, IL 60601"),
        ("Example Avenue", "Cedar Street", "Lakeview Drive"),
        "{no} {street}\n{town}",
        "+1 202 555 {line:04d}",
        "+1202555{line:04d}",
        15,
    ),
    "SG": Place(
        "SGD",
        "Pte. Ltd.",
        ("Singapore 018989", "Singapore 049315"),
        ("Sample Quay", "Orchid Road"),
        "{no} {street}\n{town}",
        "+65 3159 {line:04d}",
        "+653159{line:04d}",
        22,
    ),
    "FR": Place(
        "EUR",
        "SARL",
        ("75001 Paris", "69001 Lyon", "33000 Bordeaux"),
        ("rue de l’Exemple", "avenue des Tilleuls", "quai du Port"),
        "{no} {street}\n{town}",
        "+33 1 99 00 {line:04d}",
        "+3363998{line:04d}",
        16,
        "fr",
    ),
    "DE": Place(
        "EUR",
        "GmbH",
        ("10115 Berlin", "20095 Hamburg", "80331 München"),
        ("Musterstraße", "Lindenweg", "Hafenallee"),
        "{street} {no}\n{town}",
        "+49 30 23125 {line:03d}",
        "+4917139200{line:04d}",
        16,
    ),
}

# Where the customers are: three in five at home.
COUNTRIES = ("AU",) * 60 + ("NZ",) * 10 + ("GB",) * 9 + ("US",) * 8 + ("SG",) * 5 + ("FR",) * 5 + ("DE",) * 3


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a fictitious customer is, as a form for a new customer asks for it."""

    name: str
    username: str
    email: str
    phone: str
    contact: str
    address: str
    country: str
    currency: str
    language: str


def company_names(rng: random.Random) -> list[str]:
    """Four hundred names without a legal form, in a shuffled order; a larger company numbers its branches."""
    names = [f"{first} {trade}" for first in _FIRST for trade in _TRADES]
    rng.shuffle(names)
    return names


def identity(rng: random.Random, index: int, names: list[str]) -> Identity:
    """The customer with that index (from 0): its name is unique, everything else plausible for its country."""
    round_of_names, place_in_round = divmod(index, len(names))
    plain = names[place_in_round] + (f" {round_of_names + 1}" if round_of_names else "")
    country = rng.choice(COUNTRIES)
    place = PLACES[country]
    contact = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
    domain = plain.lower().replace(" ", "-") + ".example"
    address = place.address.format(
        no=rng.randint(1, 240), street=rng.choice(place.streets), town=rng.choice(place.towns)
    )
    return Identity(
        name=f"{plain} {place.legal_form}",
        username=plain.lower().replace(" ", "."),
        email=f"accounts@{domain}",
        phone=place.phone.format(line=index % (10_000 if "04d" in place.phone else 1_000)),
        contact=contact,
        address=address,
        country=country,
        currency=place.currency,
        language=place.language,
    )


def dedicated_number(country: str, line: int) -> str:
    """The dedicated number with that line, unique in its country while `line` is below ten thousand."""
    return PLACES[country].number.format(line=line)

"""Finding customers by what is typed: the best few with what matched, and the list page by page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from services.customers import queries as customers
from services.customers.model import Customer
from services.customers.queries import CustomersPage
from services.customers.tables import customer
from services.search import index
from services.search.candidates import Candidates, Stage
from services.search.model import Hit, Record, Source, Term, as_end, as_key
from services.search.scoring import CLEAR, LEAST, SLIPPED_AT_MOST, fits, score
from services.search.tables import search_entry, search_word
from services.search.terms import records_of, terms_of
from services.search.words import Typed
from services.search.words import typed as read_typed

TOP = 10
NEAREST = 50

Found = dict[Record, tuple[Term, ...]]


def find(conn: Connection, text: str, *, most: int = TOP) -> list[Hit]:
    """The best answers, best first; nothing for a text without a letter or a digit.

    Of several words those who have them all, or what begins so, are the answers; the nearest where there is nobody.
    What was written before this view was opened is found, whether or not the index has taken it in.
    """
    typed = read_typed(text)
    if not typed.whole:
        return []
    looking = Candidates(conn, typed)
    found: Found = _load(conn, {one[1:] for one in index.noted(conn)})
    hits: dict[Record, Hit] = {}
    for stage in Stage:
        found |= _load(conn, {record[1:] for record in looking.at(stage) - found.keys()})
        hits |= {record: hit for record in found.keys() - hits.keys() if (hit := _hit(typed, record, found))}
        if len(typed.words) > 1 and any(hit.fits for hit in hits.values()):
            hits = {record: hit for record, hit in hits.items() if hit.fits}
            break
        if _is_enough(stage, sorted((hit.score for hit in hits.values()), reverse=True), most):
            break
    return sorted(hits.values(), key=lambda hit: hit.rank)[:most]


def find_customers(conn: Connection, text: str, *, most: int = TOP) -> list[Customer]:
    """The customers of the best answers, each once."""
    ids = dict.fromkeys(hit.record.customer_id for hit in find(conn, text, most=2 * most))
    return [customers.customer(conn, customer_id) for customer_id in list(ids)[:most]]


def page(conn: Connection, *, text: str = "", **filters: Any) -> tuple[CustomersPage, bool]:
    """A page of the customers a text names (`customers.queries.page` takes the filters), and whether it is a guess.

    Those are all in whom, or in whose records, every typed word begins a word or ends a number; where there is nobody,
    the nearest.
    """
    typed = read_typed(text)
    if not typed.whole:
        return customers.page(conn, **filters, among=false() if text.strip() else None), False
    named = _named(conn, typed)
    if conn.execute(select(customer.c.id).where(named).limit(1)).first() is not None:
        return customers.page(conn, **filters, among=named), False
    near = {hit.record.customer_id for hit in find(conn, text, most=NEAREST)}
    return customers.page(conn, **filters, among=customer.c.id.in_(sorted(near))), True


def _is_enough(stage: Stage, scores: list[int], most: int) -> bool:
    """Whether looking further could not better the best few: what a later stage finds scores less."""
    if stage is Stage.SURE:
        return len(scores) >= most and scores[most - 1] > SLIPPED_AT_MOST
    return bool(scores) and (len(scores) >= most or scores[0] >= CLEAR)


def _load(conn: Connection, records: set[tuple[Source, int]]) -> Found:
    """The terms of the records, and those of the customers they belong to."""
    own = terms_of(conn, {one for one in records if one[0] is not Source.CUSTOMER})
    owners = {(Source.CUSTOMER, record.customer_id) for record in own}
    return own | terms_of(conn, owners | {one for one in records if one[0] is Source.CUSTOMER})


def _hit(typed: Typed, record: Record, found: Found) -> Hit | None:
    own = found[record]
    who = found[Record(record.customer_id, Source.CUSTOMER, record.customer_id)]
    alone, matched = score(typed, own)
    if matched is None:
        return None
    both = own if record.source is Source.CUSTOMER else (*own, *who)
    if both is not own and len(typed.words) > 1:
        alone = max(alone, score(typed, both)[0])
    if alone < LEAST:
        return None
    texts = {term.kind.column: term.text for term in who}
    return Hit(record, texts["name"], texts["account_id"], matched, alone, typed.whole.isdigit() or fits(typed, both))


def _named(conn: Connection, typed: Typed) -> ColumnElement[bool]:
    """The condition on customers that `fits` is for terms: by the index, and for what was noted since by the terms."""
    words = (_word(typed, word) for word in typed.words)
    indexed = or_(_stands((as_key(typed.whole), *_end(typed, typed.whole)), begins=True), and_(*words))
    noted = {one.customer_id for one in index.noted(conn)}
    if not noted:
        return indexed
    now = _all_terms(conn, noted)
    fitting = [customer_id for customer_id, terms in now.items() if fits(typed, terms)]
    return or_(and_(indexed, customer.c.id.not_in(sorted(noted))), customer.c.id.in_(sorted(fitting)))


def _word(typed: Typed, word: str) -> ColumnElement[bool]:
    stands = _stands((word, as_key(word)), begins=word in typed.beginnings)
    return or_(stands, _stands(_end(typed, word), begins=True)) if word in typed.ends else stands


def _end(typed: Typed, word: str) -> tuple[str, ...]:
    return (as_end(typed.ends[word]),) if word in typed.ends else ()


def _stands(texts: tuple[str, ...], *, begins: bool) -> ColumnElement[bool]:
    """That one of the texts, or an index word beginning so, stands with the customer."""
    word, entry = search_word.c, search_entry.c
    ranges = or_(*(and_(word.word >= start, word.word < start + index.LAST) for start in texts))
    meant = ranges if begins else word.word.in_(texts)
    return customer.c.id.in_(select(entry.customer_id).where(entry.word_id.in_(select(word.id).where(meant))))


def _all_terms(conn: Connection, customer_ids: set[int]) -> dict[int, list[Term]]:
    found: dict[int, list[Term]] = {customer_id: [] for customer_id in customer_ids}
    for record, terms in terms_of(conn, records_of(conn, customer_ids)).items():
        found[record.customer_id] += terms
    return found

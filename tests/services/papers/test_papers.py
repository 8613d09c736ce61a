"""Fonts, words and lists every PDF shares."""

import concurrent.futures
from datetime import date
from io import BytesIO

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from services.money import Money
from services.papers import fonts
from services.papers.archive import NotArchivable, archived, findings
from services.papers.table import Column, UndrawableRow, table_pdf
from services.papers.wording import NoSuchWords, bank_label, date_text, every_word, money_text, say
from services.pictures import picture_of
from tests.drawing import accessibility, structure
from tests.services.invoices.situations import harbour_logo

COLUMNS = [Column("Number"), Column("Company"), Column("Total", is_number=True)]


def rows(count):
    return [[f"INV-{number:06d}", f"Company <{number}> & Söhne", f"{number}.00"] for number in range(count)]


def printed(content):
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]


def test_every_word_of_both_languages_can_be_drawn():
    assert [words for pair in every_word() for words in pair if fonts.undrawable(words)] == []


def test_amounts_and_dates_are_written_as_each_language_does():
    assert money_text(Money.of("1234567.8", "AUD"), "en") == "AUD\u00a01,234,567.80"
    assert money_text(Money.of("1234.5", "EUR"), "fr") == "1\u202f234,50\u00a0EUR"
    assert money_text(Money.of("45000", "JPY"), "en") == "JPY\u00a045,000"
    assert date_text(date(2026, 11, 20), "en") == "20 November 2026"
    assert date_text(date(2026, 11, 1), "fr") == "1er novembre 2026"
    assert (bank_label("Account number", "fr"), bank_label("BSB", "fr")) == ("Numéro de compte", "BSB")


def test_words_nobody_wrote_are_a_bug():
    with pytest.raises(NoSuchWords):
        say("no such words", "en")


def test_a_glyph_the_main_font_lacks_comes_from_the_second():
    assert [font for font, _ in fonts.runs("5 − 3")] == ["Paper", "Paper-More", "Paper"]


@pytest.mark.parametrize("sign", ["क", "\ud800", "\t", "😀\ufffe", "هے", "ภ", "\U00010ac0\U00018cd6", "א\u2029"])
def test_what_cannot_be_drawn_rightly_is_named(sign):
    assert fonts.undrawable(f"ok {sign}") is not None


def test_a_letter_is_named_as_it_was_typed_and_not_in_its_joined_form():
    assert fonts.undrawable("نئے") == "“ے” (U+06D2)"


def test_arabic_is_joined_and_drawn_from_the_right_with_its_brackets_turned():
    assert fonts.shown("دبي") == "\ufef2\ufe91\ufea9"
    assert fonts.shown("(12)") == "(12)"
    assert fonts.shown("(دبي)")[0] + fonts.shown("(دبي)")[-1] == "()"
    assert fonts.shown("عبد الله") == fonts.shown("الله") + " " + fonts.shown("عبد")


def test_hebrew_is_drawn_from_the_right_without_its_vowel_points():
    assert fonts.shown("שָׁלוֹם 12") == "12 םולש"


@pytest.mark.parametrize("bold", [False, True])
def test_chinese_japanese_and_korean_come_from_the_third_font(bold):
    assert {font for font, _ in fonts.runs("株式会社中国한국のカ（）、。", bold=bold)} == {
        "EastSigns",
        "EastHan1",
        "EastHan2",
        "EastHangul",
    }


@given(st.text(max_size=60))
def test_runs_draw_every_visible_character_or_refuse(text):
    if fonts.undrawable(text) is None:
        assert "".join(piece for _, piece in fonts.runs(text)) == fonts.shown(text.replace("\n", " "))
    else:
        with pytest.raises(fonts.Undrawable):
            fonts.runs(text)


@given(st.text(alphabet="abc déWM .", max_size=120), st.floats(min_value=20, max_value=300))
def test_wrapped_lines_fit_and_lose_no_letter(text, room):
    lines = fonts.wrapped(text, 9, room)
    assert "".join(lines).replace(" ", "") == fonts.visible(text).replace(" ", "")
    assert all(fonts.width(line, 9) <= room for line in lines)


def test_a_clipped_text_fits():
    assert fonts.clipped("short", 9, 100) == "short"
    assert fonts.width(fonts.clipped("word " * 50, 9, 100), 9) <= 100


def test_a_list_repeats_its_headings_and_numbers_its_pages():
    content = table_pdf("Invoices", COLUMNS, rows(120), [("Rows", "120")], [["Total", "", "7,140.00"]])
    pages = printed(content)
    assert len(pages) > 1
    assert all("Company" in page for page in pages)
    assert f"Page 2 of {len(pages)}" in pages[1]
    assert "7,140.00" in pages[-1]
    assert "Company <7> & Söhne" in pages[0]


def test_a_list_is_the_same_bytes_twice_even_when_drawn_side_by_side():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: table_pdf("Invoices", COLUMNS, rows(60)), range(8)))
    assert len(set(drawn)) == 1


def test_many_columns_lie_on_their_side_and_lose_nothing():
    columns = [Column(f"Column {number}") for number in range(14)]
    content = table_pdf("Wide", columns, [[f"value of cell {number}" for number in range(14)]])
    page = pypdf.PdfReader(BytesIO(content)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert page.extract_text().replace("\n", " ").count("cell") == 14


def test_a_crowded_list_breaks_neither_words_nor_days():
    columns = [Column("Number"), Column("Issued", is_day=True), *[Column(f"What {number}") for number in range(8)]]
    cells = ["INV-2026-000108", "24 Nov 2026", *["a sentence of several words, undelivered"] * 8]
    shown = printed(table_pdf("Crowded", columns, [cells] * 3))[0]
    assert shown.count("INV-2026-000108") == shown.count("24 Nov 2026") == 3
    assert shown.count("undelivered") == 24


def test_an_empty_list_says_so():
    assert "No rows." in printed(table_pdf("Nothing", COLUMNS, []))[0]


def test_a_row_that_cannot_be_drawn_is_named():
    with pytest.raises(UndrawableRow, match=r"Row 2 holds “क” \(U\+0915\)"):
        table_pdf("List", COLUMNS, [*rows(1), ["1", "क", "2"]])


def test_a_row_with_a_joined_letter_no_font_has_is_named_though_the_letter_alone_is_there():
    with pytest.raises(UndrawableRow, match="Row 2 holds “ے”"):
        table_pdf("List", COLUMNS, [*rows(1), ["1", "نئے", "2"]])


def test_a_cell_longer_than_a_page_goes_on_over_the_next_ones_and_loses_nothing():
    pages = printed(table_pdf("List", COLUMNS, [["1", "word " * 4000, "2.00"]]))
    assert len(pages) > 2
    assert sum(page.count("word") for page in pages) == 4000


def test_a_list_of_too_many_numbers_shrinks_them_but_drops_none():
    columns = [Column(f"Amount {number}", is_number=True) for number in range(30)]
    content = table_pdf("Numbers", columns, [[f"{number}5.00" for number in range(30)]])
    assert printed(content)[0].count("5.00") == 30


def test_a_file_with_a_font_left_out_is_not_archived():
    drawn = BytesIO()
    canvas = Canvas(drawn)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(50, 50, "Helvetica is not in this file")
    canvas.save()
    with pytest.raises(NotArchivable):
        archived(drawn.getvalue(), on=date(2026, 11, 20))
    assert findings(drawn.getvalue())


def test_a_list_carries_the_logo_at_its_head_under_a_long_title_too():
    logo = picture_of(harbour_logo().content)
    title = "A list whose title fills its line all the way to the logo"
    content = table_pdf(title, COLUMNS, rows(3), author="Harbour Messaging Pty Ltd", logo=logo)
    assert structure(content)[:2] == ["Document", "Document/Figure"]
    assert accessibility(content) == []
    assert len(printed(content)[0].split("\n")) > len(printed(table_pdf(title, COLUMNS, rows(3)))[0].split("\n"))

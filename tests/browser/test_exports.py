"""What is downloaded is what was asked for: whole, of its kind, and with the digest its name carries."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from pathlib import Path

import openpyxl
import pypdf
import pytest


def downloaded(page, label: str) -> tuple[str, bytes]:
    """The name and the bytes of one export of the screen."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").filter(has_text=label).get_by_role("button").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def rows_of(ending: str, content: bytes) -> list[str]:
    """The words of an export, however it is packed."""
    if ending == "csv":
        return [" ".join(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    if ending == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [" ".join(str(cell) for cell in row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize(("label", "ending"), [("CSV", "csv"), ("Excel", "xlsx"), ("PDF", "pdf")])
def test_a_download_is_the_export_its_name_says(enter, label: str, ending: str) -> None:
    visit = enter()
    name, content = downloaded(visit.go("/transactions"), label)
    assert name.endswith(f"-{sha256(content).hexdigest()[:10]}.{ending}")
    assert any("Harbour & Sons" in row for row in rows_of(ending, content))

"""What stands in README, the decision records and the rest of the tree, as far as a machine can check it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT, paths, texts

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["## Context", "## Decision", "## Consequences", "## Alternatives"]
RECORD_LINES = 60
HEAVY = 1_500_000
_MACHINE = re.compile("/(?:work" + "|farm)/|/tmp/bash" + r"_jobs|\.libr" + r"ary/|/ro" + "ot/")


def commands(text: str, before: str) -> set[str]:
    """The words that follow `make` or `python -m services` where a text shows a command."""
    shown = "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL))
    return set(re.findall(rf"{before} ([a-z][a-z-]*)", shown))


def record_faults(text: str) -> list[str]:
    """What a decision record lacks: its four headings in order, nothing else, sixty lines at most."""
    faults = []
    if [line for line in text.splitlines() if line.startswith("## ")] != HEADINGS:
        faults.append(f"its headings are not {', '.join(HEADINGS)}")
    if len(text.splitlines()) > RECORD_LINES:
        faults.append(f"it has more than {RECORD_LINES} lines")
    if not re.match(r"# \d{4} ", text):
        faults.append("its title does not begin with its number")
    return faults


def unpinned(requirements: str) -> list[str]:
    """Lines of a requirements file that leave the version open."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    return [line for line in lines if line and not line.startswith("-r ") and not re.search(r"==[\w.]+$", line)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_a_decision_record_is_short_and_complete(record) -> None:
    assert record_faults(record.read_text()) == []


def test_no_two_decision_records_share_a_number() -> None:
    """Numbers are given out before the records are written, so one may be missing for a while."""
    numbers = [record.name[:4] for record in RECORDS]
    assert sorted(set(numbers)) == numbers


def test_a_bad_record_is_found() -> None:
    assert len(record_faults("# Floors\n\n## Context\n" + "x\n" * RECORD_LINES)) == 3


def test_every_make_command_of_the_readme_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    shown = commands((ROOT / "README.md").read_text(), "make")
    assert shown
    assert shown <= targets


def test_every_services_command_of_the_readme_exists() -> None:
    shown = commands((ROOT / "README.md").read_text(), "python -m services")
    listed = subprocess.run(
        [sys.executable, "-m", "services", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown
    assert shown <= set(re.findall(r"[a-z][a-z-]+", listed.stdout))


def test_commands_are_found_in_code_only() -> None:
    assert commands("make sure, then `make run` or\n```sh\nmake test\n```\n", "make") == {"run", "test"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    assert unpinned((ROOT / name).read_text()) == []


def test_an_open_requirement_is_found() -> None:
    assert unpinned("pandas>=3\nlxml\nSQLAlchemy==2.1.9  # pinned\n") == ["pandas>=3", "lxml"]


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    hits = [f"{file.path}: {hit.group()}" for file in texts() if (hit := _MACHINE.search(file.text))]
    assert hits == []


def test_a_path_of_one_machine_is_found() -> None:
    assert _MACHINE.search("see /wo" + "rk/main")


def test_no_tracked_file_is_heavy() -> None:
    heavy = {path: size for path in paths() if (size := (ROOT / path).stat().st_size) > HEAVY}
    assert heavy == {}


def test_the_server_starts_the_script_inside_pages() -> None:
    assert re.search(r'App\(\s*(ROOT / )?"pages"?( / )?"?/?main\.py"', (ROOT / "app.py").read_text())

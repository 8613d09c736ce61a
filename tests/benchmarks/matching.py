"""How well matching answers seeded cases: wrong, share, top-1 and top-3 by situation, and how long it takes."""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from types import ModuleType
from typing import Any

from services.commands.matching import answers_of
from services.settings import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "matching_cases.py"
COUNTS = ("lines", "wrong", "automatic", "top1", "top3")


def tool() -> ModuleType:
    """The maker and judge of cases, which lives outside the repository."""
    spec = importlib.util.spec_from_file_location("matching_cases", TOOL)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def scored(seed: int, customers: int = 600, invoices: int = 1800) -> tuple[dict[str, Any], float]:
    """The judge's score of one seed, and the seconds matching took."""
    judge = tool()
    cases, truth, kinds = judge.make(seed, customers, invoices)
    started = time.perf_counter()
    answers = answers_of(cases)
    return judge.score(truth, kinds, answers), time.perf_counter() - started


def main() -> None:
    """Print the table for the seeds asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-30")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if not TOOL.exists():
        print("match-bench: the maker of cases, ../shared/tools/matching_cases.py, is not here; nothing was measured.")
        return
    first, last = (int(each) for each in asked.seeds.split("-"))
    situations: dict[str, Counter[str]] = {}
    seconds, paying = 0.0, 0
    with ProcessPoolExecutor(asked.workers) as pool:
        for found, took in pool.map(scored, range(first, last + 1)):
            seconds += took
            paying += found["paying"]
            for kind, counts in found["by_situation"].items():
                situations.setdefault(kind, Counter()).update(counts)
            for line in found["wrong_lines"]:
                print(f"wrong: seed {found.get('seed', '')} line {line}")
    _print(situations, paying)
    print(f"seeds {asked.seeds}, {seconds:.1f} s of matching")


def _print(situations: dict[str, Counter[str]], paying: int) -> None:
    print(f"{'situation':<26}" + "".join(f"{name:>10}" for name in COUNTS))
    total: Counter[str] = Counter()
    for kind, counts in sorted(situations.items()):
        total.update(counts)
        print(f"{kind:<26}" + "".join(f"{counts[name]:>10}" for name in COUNTS))
    print(f"{'all':<26}" + "".join(f"{total[name]:>10}" for name in COUNTS))
    shares = ", ".join(f"{name} {100 * total[key] / max(1, paying):.2f} %" for name, key in _SHARES)
    print(f"wrong {total['wrong']} of {total['lines']} lines; of {paying} that pay something: {shares}")


_SHARES = (("automatic", "automatic"), ("top-1", "top1"), ("top-3", "top3"))

if __name__ == "__main__":
    main()

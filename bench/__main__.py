"""`python -m bench [case …]`: one line per case, exit 1 if an aim is missed; `--record` keeps the lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.case import Case, Result
from bench.runner import case_names, load, measure
from bench.scratch import drop_scratch

RESULTS = Path(__file__).parent / "RESULTS.md"


def main(words: list[str]) -> int:
    """Exit code: 0 all aims met, 1 one missed or failed, 2 no such case."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure ours against the reference.")
    parser.add_argument("cases", nargs="*", help="default: all; paper also runs paper_1000")
    parser.add_argument("--record", action="store_true", help="put the figures into bench/RESULTS.md")
    options = parser.parse_args(words)
    try:
        cases = [load(name) for name in named(options.cases)]
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        missed = [run(case, keep=options.record) for case in cases]
    finally:
        drop_scratch()
    return 1 if any(missed) else 0


def named(words: list[str]) -> list[str]:
    """The cases of these names, each with its further sizes (`paper`: also `paper_1000`); all without a name."""
    if not words:
        return case_names()
    found = [[name for name in case_names() if name == word or name.startswith(f"{word}_")] or [word] for word in words]
    return list(dict.fromkeys(name for family in found for name in family))


def run(case: Case, *, keep: bool) -> bool:
    """Measure, print and keep one case; whether an aim was missed."""
    result = measure(case)
    print(result.line(), flush=True)
    for aim in result.missed():
        print(f"{case.name}: {aim}", file=sys.stderr)
    if keep:
        record(result)
    return bool(result.missed())


def record(result: Result) -> None:
    """Replace this case's row in the results, or add it."""
    case = result.case
    aims = [
        f"≤ {case.ratio:.4g} ×" if case.ratio is not None else "",
        f"≤ {case.peak_mb:.0f} MB" if case.peak_mb is not None else "",
        f"≥ {case.rate:.0f}/s" if case.rate is not None else "",
    ]
    row = f"| {case.name} | {case.work} | {case.against} | {', '.join(filter(None, aims))} | `{result.line()}` |"
    lines = RESULTS.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(f"| {case.name} |")]
    RESULTS.write_text("\n".join([*kept, row]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

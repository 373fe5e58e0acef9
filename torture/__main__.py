"""The long form: `make torture`. Says what it did, and what this machine cannot do."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from torture.cases import CASES, Case
from torture.postgres import Unavailable


def main() -> int:
    """Run the cases that are asked for, or all, and return how many showed something wrong."""
    parser = ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--completions", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    # Nothing of it is used here but where this checkout is; the processes have settings of their own.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")
    if unknown := set(asked.cases) - set(CASES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Choose from: {', '.join(CASES)}")
    wrong, left_out = 0, []
    for name in asked.cases or CASES:
        print(f"\n== {name}: {CASES[name].says}", flush=True)
        try:
            wrong += not _is_as_it_should(CASES[name], asked.completions, asked.kills, asked.seed)
        except Unavailable as reason:
            left_out.append(f"{name}: {reason}")
            print(f"NOT RUN: {reason}.")
    print("\n== Done")
    print(f"Wrong: {wrong or 'nothing'}")
    for line in left_out:
        print(f"NOT RUN {line}.")
    return wrong


def _is_as_it_should(case: Case, completions: int, kills: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        report = case.run(Path(name), completions=completions, kills=kills, seed=seed)
    ended = ", ".join(f"{process} {count}" for process, count in report.kills.items())
    print(f"killed: {ended}; seed {seed}; {report.requests} requests; {report.seconds:.0f} s")
    print(report.findings)
    as_it_should = bool(report.findings.lost) if case.must_lose else report.findings.are_none
    if not as_it_should:
        print("WRONG: nothing was lost without the outbox" if case.must_lose else f"WRONG: {report.findings!r}")
    return as_it_should


if __name__ == "__main__":
    sys.exit(main())

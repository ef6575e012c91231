"""Real scans: is a right registration refused, a wrong one let through? For docs/registration.md.

    python benchmarks/registration_real.py --rows rows.jsonl            everything
    python benchmarks/registration_real.py --rows rows.jsonl --tables   only print the tables

Right ones: a glioma before surgery and at recurrence (experts' landmarks), a head at two time
points in two sequences (the publishers' transforms), and a head and a leg moved, resampled and
given another contrast. Wrong ones are made on the same scans: injected errors, wrong optima, the
scan of somebody else, a scan whose left and right are swapped. The scans are looked for in
../shared/data beside the repository. Finished rows are kept, so that an interrupted run goes on
where it stopped.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

from head_phantom import Pair  # noqa: E402
from real_scans import DATA, left_right_swapped, real_pairs, somebody_elses  # noqa: E402

from npcradiomics.registration.checks import RegistrationChecks, check_registration  # noqa: E402
from npcradiomics.registration.likeness import disturbances  # noqa: E402
from npcradiomics.registration.restarts import register_and_check  # noqa: E402
from npcradiomics.registration.rigid import refine  # noqa: E402

WRONG_MM = 2.0  # more than this beyond what the best rigid transform leaves is wrong
RIGHT_MM = (
    0.6  # an own registration that is further off than this beyond it is neither right nor wrong
)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--rows", type=Path, required=True)
    arguments.add_argument("--tables", action="store_true")
    options = arguments.parse_args()
    if not options.tables:
        if not DATA.exists():
            sys.exit(f"no scans: {DATA} is not there")
        run(options.rows)
    print_tables(read_rows(options.rows))


def read_rows(path: Path) -> list[dict]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.exists()
        else []
    )


def run(path: Path) -> None:
    done = {row["trial"] for row in read_rows(path)}
    for number, (scan, label, make) in enumerate(real_pairs()):
        if label in done:
            continue
        rows = [{"scan": scan, "trial": label, **row} for row in rows_of(make(), number)]
        with path.open("a") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
        for row in rows:
            print(
                label,
                row["kind"],
                f"{row['error_mm']:.2f} mm",
                row["verdict"],
                file=sys.stderr,
                flush=True,
            )
    for label, make in somebody_elses():
        if label in done:
            continue
        row = {"scan": "somebody else's", "trial": label, **somebody_elses_row(make())}
        with path.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(label, row["verdict"], file=sys.stderr, flush=True)


def rows_of(pair: Pair, number: int) -> Iterator[dict]:
    best_mm = pair.best_rigid_mm()
    found, row = as_registered(pair)
    yield {"kind": "registered", "best_mm": best_mm, **row}
    (off,) = disturbances(pair.gtv, 1, (4.0, 25.0), (0.0, 10.0), number)
    yield {
        "kind": "injected",
        "best_mm": best_mm,
        **judged(pair, sitk.CompositeTransform([found, off])),
    }
    if number % 2:  # every second pair is enough for the others
        return
    for start in disturbances(pair.gtv, 3, (15.0, 40.0), (10.0, 35.0), number):
        wrong = refine(pair.fixed, pair.moving, pair.gtv, sitk.CompositeTransform([found, start]))
        if pair.errors_mm(wrong).mean() > best_mm + 2.0 * WRONG_MM:
            yield {"kind": "wrong optimum", "best_mm": best_mm, **judged(pair, wrong)}
            break
    if number % 4 == 0:
        _, row = as_registered(left_right_swapped(pair))
        yield {"kind": "left and right swapped", "best_mm": best_mm, **row}


def somebody_elses_row(pair: Pair) -> dict:
    return {"kind": "somebody else's scan", "best_mm": 0.0, **as_registered(pair)[1]}


def as_registered(pair: Pair) -> tuple[sitk.Transform, dict]:
    """What the workflow makes of the pair: the transform, and a row with its checks."""
    begin = time.process_time()
    result, checks = register_and_check(pair.fixed, pair.moving, pair.gtv, pair.gtvr)
    seconds = time.process_time() - begin
    return result.transform, row_of(pair, result.transform, checks) | {"cpu_s": seconds}


def judged(pair: Pair, transform: sitk.Transform) -> dict:
    checks = check_registration(pair.fixed, pair.moving, transform, pair.gtv, pair.gtvr)
    return row_of(pair, transform, checks)


def row_of(pair: Pair, transform: sitk.Transform, checks: RegistrationChecks) -> dict:
    return {
        "error_mm": float(pair.errors_mm(transform).mean()),
        "verdict": checks.verdict,
        "checks": {check.name: [check.value, check.verdict] for check in checks.checks},
    }


# Tables


def print_tables(rows: list[dict]) -> None:
    own = [row for row in rows if row["kind"] == "registered"]
    print(
        "| scan | right | failed | to look at | mean error (best rigid), mm | CPU s to register and check |"
    )
    print("|---|---|---|---|---|---|")
    for scan in dict.fromkeys(row["scan"] for row in own):
        mine = [row for row in own if row["scan"] == scan]
        right = [row for row in mine if row["error_mm"] <= row["best_mm"] + RIGHT_MM]
        print(
            f"| {scan} | {len(right)}/{len(mine)} | {count(right, 'failed')} | {count(right, 'look')} "
            f"| {np.mean([r['error_mm'] for r in mine]):.2f} ({np.mean([r['best_mm'] for r in mine]):.2f}) "
            f"| {np.median([r['cpu_s'] for r in mine]):.1f} |"
        )
    wrong = [row for row in rows if row["kind"] != "registered"]
    kinds = list(dict.fromkeys(row["kind"] for row in wrong))
    print(
        "\n| check | right ones failed | " + " | ".join(f"failed: {kind}" for kind in kinds) + " |"
    )
    print("|---|---|" + "---|" * len(kinds))
    for name in [*(own[0]["checks"] if own else ()), "all together"]:
        cells = []
        for group in (own, *([row for row in wrong if row["kind"] == kind] for kind in kinds)):
            had = [
                row["verdict"] if name == "all together" else row["checks"][name][1]
                for row in group
            ]
            cells.append(f"{had.count('failed')}/{len(group)}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    for row in wrong:
        if row["verdict"] != "failed":
            print(
                f"\nNot failed: {row['trial']}, {row['kind']}, {row['error_mm']:.1f} mm: {row['checks']}"
            )
    for row in own:
        if row["verdict"] == "failed":
            print(
                f"\nFailed though registered: {row['trial']}, {row['error_mm']:.2f} mm: {row['checks']}"
            )


def count(rows: list[dict], verdict: str) -> int:
    return sum(row["verdict"] == verdict for row in rows)


if __name__ == "__main__":
    main()

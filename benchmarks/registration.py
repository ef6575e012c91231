"""How well the recurrence MRI is registered, and whether wrong results are noticed: the tables of docs.

    python benchmarks/registration.py                     everything (about 40 minutes on one core)
    python benchmarks/registration.py --sets rigid --trials 3
    python benchmarks/registration.py --tables            only print what the rows so far say

Pairs are kept in --cache and finished rows in --rows, so an interrupted run goes on where it stopped.
Success is a mean error below 2 mm over bony landmarks and the GTV dilated by 10 mm. Real MRI is used where
../shared/data holds it beside the repository. elastix takes part if itk-elastix is installed.
"""

import argparse
import importlib.metadata
import json
import pickle
import sys
import tempfile
from pathlib import Path

import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

from head_phantom import POSES, Difficulty, Pair, make_pair, make_real_pair  # noqa: E402
from registration_tables import print_tables  # noqa: E402
from registration_trials import (  # noqa: E402
    compare,
    elastix_rows,
    size_probe,
    size_rows,
    two_timepoints,
    wrong_rows,
)

DATA = ROOT.parent / "shared" / "data"
EASY, DISTORTED = Difficulty(), Difficulty(distortion_mm=0.8)
# Far beyond what a clinic would send: here the registration itself has to go wrong.
STRESS = Difficulty(
    rotation_deg=16.0, translation_mm=30.0, flexion_deg=(15.0, 25.0), noise=0.25, bias=0.6,
    slice_mm=(5.0, 8.0), coverage_mm=(60.0, 80.0),
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    arguments.add_argument(
        "--trials", type=int, default=10_000, help="at most so many trials of each set"
    )
    folder = Path(tempfile.gettempdir()) / "npcradiomics-registration-bench"
    arguments.add_argument("--cache", type=Path, default=folder)
    arguments.add_argument("--rows", type=Path, default=folder / "rows.jsonl")
    arguments.add_argument(
        "--tables", action="store_true", help="print the tables of the rows there are"
    )
    arguments.add_argument("--size-probe", action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.size_probe:
        print(json.dumps(size_probe(options.cache)))
        return
    options.cache.mkdir(parents=True, exist_ok=True)
    if not options.tables:
        for name in options.sets:
            run_set(name, options)
    print_tables(read_rows(options.rows))


def run_set(name: str, options: argparse.Namespace) -> None:
    done = {(row["set"], row["trial"]) for row in read_rows(options.rows)}
    for trial, (label, work) in enumerate(SETS[name](options.cache)):
        if trial >= options.trials:
            break
        if (name, trial) in done:
            continue
        rows = [{"set": name, "trial": trial, "label": label, **row} for row in work()]
        # A trial's rows go out together: one that was interrupted is done again as a whole.
        with options.rows.open("a") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
        for row in rows:
            shown = {
                k: round(v, 3) if isinstance(v, float) else v
                for k, v in row.items()
                if k != "checks"
            }
            print(shown, file=sys.stderr, flush=True)


def read_rows(path: Path) -> list[dict]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.exists()
        else []
    )


# Pairs


def cached(cache: Path, name: str, make) -> Pair:
    path = cache / f"{name}.pickle"
    if not path.exists():
        half = path.with_suffix(".half")
        half.write_bytes(pickle.dumps(make()))
        half.replace(path)
    return pickle.loads(path.read_bytes())


def phantom(cache: Path, seed: int, how: Difficulty) -> Pair:
    name = {EASY: "phantom", DISTORTED: "distorted", STRESS: "stress"}[how]
    return cached(cache, f"{name}{seed}", lambda: make_pair(seed, how))


def real(cache: Path, seed: int) -> Pair:
    """A pair made from the real head of brain1, or a further phantom where that is absent."""
    if not (DATA / "brain1").exists():
        return phantom(cache, seed, EASY)
    image = sitk.ReadImage(str(DATA / "brain1" / "brain1_image.nrrd"))
    label = sitk.ReadImage(str(DATA / "brain1" / "brain1_label.nrrd"))
    return cached(cache, f"real{seed}", lambda: make_real_pair(image, label, seed))


def posed(pairs):
    """(label, function that makes the pair) of each pair in each header pose."""
    for name, make in pairs:
        for index, (pose, (degrees, millimetres)) in enumerate(POSES.items()):
            yield (
                f"{name}, header {pose}",
                lambda make=make, d=degrees, mm=millimetres, i=index: make().reposed(d, mm, i),
            )


# Sets: each yields (label, work); work yields rows


def rigid_pairs(cache: Path):
    pairs = [
        (f"phantom {seed}", lambda seed=seed: phantom(cache, seed, EASY)) for seed in range(1, 9)
    ]
    pairs += [(f"real {seed}", lambda seed=seed: real(cache, seed)) for seed in range(9, 13)]
    return posed(pairs)


def rigid_set(cache: Path):
    for label, make in rigid_pairs(cache):
        yield label, lambda make=make: compare(make(), others=True)


def elastix_set(cache: Path):
    """The rigid pairs again, where itk-elastix is installed."""
    try:
        importlib.metadata.version("itk-elastix")
    except importlib.metadata.PackageNotFoundError:
        print("elastix left out: itk-elastix is not installed", file=sys.stderr)
        return
    for label, make in rigid_pairs(cache):
        yield label, lambda make=make: elastix_rows(make())


def distorted_set(cache: Path):
    pairs = [
        (f"distorted {seed}", lambda seed=seed: phantom(cache, seed, DISTORTED))
        for seed in range(101, 109)
    ]
    for label, make in posed(pairs):
        yield label, lambda make=make: compare(make(), others=False)


def stress_set(cache: Path):
    for seed in range(301, 317):
        yield (
            f"stress {seed}",
            lambda seed=seed: compare(phantom(cache, seed, STRESS), others=False),
        )


def wrong_set(cache: Path):
    """Held-out heads: right results, injected errors, and wrong optima that the second stage is led into."""
    for seed in range(201, 211):
        pose = list(POSES.values())[seed % 3]
        yield (
            f"held out {seed}",
            lambda seed=seed, pose=pose: wrong_rows(
                phantom(cache, seed, EASY).reposed(*pose, seed), seed
            ),
        )


def real_set(cache: Path):
    folder = DATA / "ms_two_timepoints"
    if not folder.exists():
        print(f"real two time points left out: {folder} is not there", file=sys.stderr)
        return
    for off in (0, 1, 2, 3):
        label = (
            "FLAIR, headers as they are"
            if off == 0
            else f"FLAIR, 30 mm and 8 degrees off, no. {off}"
        )
        yield label, lambda off=off: two_timepoints(folder, off)


def size_set(cache: Path):
    yield "512 x 512 x 60", lambda: size_rows(cache, phantom(cache, 1, EASY))


SETS = {
    "rigid": rigid_set,
    "elastix": elastix_set,
    "distorted": distorted_set,
    "wrong": wrong_set,
    "stress": stress_set,
    "real": real_set,
    "size": size_set,
}


if __name__ == "__main__":
    main()

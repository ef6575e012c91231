"""Sequences of one session on real scans: how near, and which wrong ones pass? For docs/sequences.md.

    python benchmarks/sequences.py --rows rows.jsonl            everything
    python benchmarks/sequences.py --rows rows.jsonl --tables   only print the tables

Right ones: T1W and FLAIR of a head at two time points, both ways round, a ball of a tumour's size at
three places, headers as they are and 6 mm and 4 degrees off; the publishers' transforms are the
truth. Wrong ones: the same with a header that is trusted and shifted or turned, with left and right
exchanged, and all pairs of two people (heads laid on one another's centre, which is the kindest that
headers can be). Beside them the same person at the other time point. Distorted ones: FLAIR, bent along
its rows from front to back as an echo-planar image is, most at the tumour; the truth is the field.
The scans are looked for in ../shared/data beside the repository. Finished rows are kept.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

from real_scans import DATA, ball, leg  # noqa: E402

from npcradiomics.images.grids import voxel_points  # noqa: E402
from npcradiomics.images.masks import centroid, expand  # noqa: E402
from npcradiomics.images.transforms import apply, distances_mm, linear_parts  # noqa: E402
from npcradiomics.registration.likeness import disturbances  # noqa: E402
from npcradiomics.registration.sequence import SequenceRegistration, register_sequence  # noqa: E402

PLACES = ((0, 0, 0), (25, 15, 5), (-20, -25, -15))  # of the ball, in mm from the head's middle
SHIFTS_MM, TURNS_DEG = (1.0, 1.5, 2.0, 3.0, 5.0), (2.0, 4.0)
# Peak of the distortion and the SD of its Gaussian: over half a head, and near one cavity of air.
BENT_MM, WIDTHS_MM = (2.0, 4.0, 8.0), (50.0, 20.0)
MS = DATA / "ms_two_timepoints"
SCANS = {
    "FLAIR 1": MS / "study1_FLAIR.nii.gz",
    "T1W 1": MS / "study1_T1W.nii.gz",
    "FLAIR 2": MS / "study2_FLAIR.nii.gz",
    "T1W 2": MS / "study2_T1W.nii.gz",
    "glioma 1": DATA / "brats_reg" / "BraTSReg_002_00_0000_t1ce.nii.gz",
    "glioma 2": DATA / "brats_reg" / "BraTSReg_002_01_0262_t1ce.nii.gz",
    "head": DATA / "brain1" / "brain1_image.nrrd",
    "leg": None,
}
PEOPLE = {name: name.split()[0].replace("T1W", "FLAIR") for name in SCANS}


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
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def run(path: Path) -> None:
    done = {(row["kind"], row["trial"]) for row in read_rows(path)}
    for kind, trial, make in trials():
        if (kind, trial) in done:
            continue
        row = {"kind": kind, "trial": trial, **make()}
        with path.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(kind, trial, row["verdict"], file=sys.stderr, flush=True)


def trials() -> Iterator[tuple[str, str, Callable[[], dict]]]:
    """(kind, trial, function that makes the row)."""
    for study in (1, 2):
        for first, second in (("FLAIR", "T1W"), ("T1W", "FLAIR")):
            names = f"{first} {study}", f"{second} {study}"
            for place in range(len(PLACES)):
                for off in (False, True):
                    trial = f"{second} on {first}, time {study}, place {place}"
                    kind = "right, header 6 mm off" if off else "right"
                    yield kind, trial, lambda n=names, p=place, o=off: right(*n, p, o)
            for mm in SHIFTS_MM:
                yield f"trusted, {mm:g} mm off", str(names), lambda n=names, m=mm: off_by(*n, m, 0)
            for deg in TURNS_DEG:
                kind = f"trusted, {deg:g} degrees off"
                yield kind, str(names), lambda n=names, d=deg: off_by(*n, 0, d)
            yield "left and right exchanged", str(names), lambda n=names: exchanged(*n)
        for place in range(len(PLACES)):
            for mm, width in [(0.0, 50.0), *((m, w) for w in WIDTHS_MM for m in BENT_MM)]:
                kind = f"bent by {mm:g} mm, SD {width:g} mm"
                trial = f"time {study}, place {place}"
                yield kind, trial, lambda s=study, p=place, m=mm, w=width: distorted(s, p, m, w)
    for first in SCANS:
        for second in SCANS:
            if PEOPLE[first] != PEOPLE[second]:
                yield (
                    "another person's",
                    f"{second} on {first}",
                    lambda n=(first, second): other(*n),
                )
            elif first.split()[-1] != second.split()[-1] and PEOPLE[first] == "FLAIR":
                kind, trial = "the other time point", f"{second} on {first}"
                yield kind, trial, lambda n=(first, second): row_of(registered(*n)[0])


def scan(name: str) -> sitk.Image:
    image = leg()[0] if name == "leg" else sitk.ReadImage(str(SCANS[name]))
    return sitk.Cast(image, sitk.sitkFloat32)


def middle(image: sitk.Image) -> np.ndarray:
    return centroid(sitk.OtsuThreshold(image, 0, 1))


def registered(first: str, second: str, place: int = 0, pose=None, **how):
    """Registration of the second scan, its header moved by ``pose``; the first scan; its ball."""
    fixed, moving = scan(first), scan(second)
    gtv = ball(fixed, middle(fixed) + PLACES[place], 14.0)
    if pose is not None:
        moving = moved(moving, pose(gtv))
    begin = time.process_time()
    found = register_sequence(fixed, moving, gtv, name=second, **how)
    return found, fixed, gtv, time.process_time() - begin


def moved(image: sitk.Image, pose: sitk.Transform) -> sitk.Image:
    matrix, _ = linear_parts(pose)
    image = sitk.Image(image)
    image.SetOrigin(pose.TransformPoint(image.GetOrigin()))
    image.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel())
    return image


def right(first: str, second: str, place: int, off: bool) -> dict:
    study = first.split()[1]
    truth = sitk.ReadTransform(str(MS / f"study{study}_T1W_intrastudy_to_FLAIR.txt"))
    truth = truth if first.startswith("FLAIR") else truth.GetInverse()
    poses = []

    def pose(gtv):
        poses.extend(disturbances(gtv, 1, (6.0, 6.0), (4.0, 4.0), seed=place))
        return poses[0]

    found, fixed, gtv, seconds = registered(first, second, place, pose if off else None)
    truth = sitk.CompositeTransform([*poses, truth])
    head = voxel_points(sitk.OtsuThreshold(fixed, 0, 1))[::50]
    near = voxel_points(expand(gtv, 10.0))
    row = row_of(found) | {"cpu_s": seconds}
    for name, one in (("before", sitk.Euler3DTransform()), ("after", found.transform)):
        row[f"{name}_head_mm"] = float(distances_mm(one, truth, head).mean())
        row[f"{name}_tumour_mm"] = float(distances_mm(one, truth, near).max())
    return row


def off_by(first: str, second: str, mm: float, deg: float) -> dict:
    """A header moved from where the publishers' transform puts it, and trusted."""
    study = first.split()[1]
    truth = sitk.ReadTransform(str(MS / f"study{study}_T1W_intrastudy_to_FLAIR.txt"))
    truth = truth if first.startswith("FLAIR") else truth.GetInverse()
    fixed, moving = scan(first), scan(second)
    gtv = ball(fixed, middle(fixed), 14.0)
    (off,) = disturbances(gtv, 1, (mm, mm), (deg, deg), seed=int(10 * (mm + deg)))
    given = sitk.CompositeTransform([truth, off])
    return row_of(register_sequence(fixed, moving, gtv, name=second, transform=given))


def exchanged(first: str, second: str) -> dict:
    fixed, moving = scan(first), scan(second)
    axis = int(np.abs(np.array(moving.GetDirection()).reshape(3, 3)[0]).argmax())
    flipped = sitk.Flip(moving, [axis == a for a in range(3)])
    flipped.CopyInformation(moving)
    gtv = ball(fixed, middle(fixed) + PLACES[1], 14.0)
    return row_of(register_sequence(fixed, flipped, gtv, name=second))


def distorted(study: int, place: int, mm: float, width_mm: float) -> dict:
    """The FLAIR bent along the patient's front-back axis, its signal piled up as in an echo-planar image."""
    fixed, moving = scan(f"T1W {study}"), scan(f"FLAIR {study}")
    truth = sitk.ReadTransform(str(MS / f"study{study}_T1W_intrastudy_to_FLAIR.txt")).GetInverse()
    gtv = ball(fixed, middle(fixed) + PLACES[place], 14.0)
    peak = np.array(truth.TransformPoint(centroid(gtv).tolist()))

    def bend(points):
        """How many mm further back lies what is seen at these points, and its slope from front to back."""
        offset = points - peak
        value = mm * np.exp(-(offset**2).sum(axis=-1) / (2 * width_mm**2))
        return value, -value * offset[..., 1] / width_mm**2

    everywhere = sitk.Image(moving.GetSize(), sitk.sitkUInt8) + 1
    everywhere.CopyInformation(moving)
    value, slope = (one.reshape(moving.GetSize()[::-1]) for one in bend(voxel_points(everywhere)))
    field = sitk.GetImageFromArray(np.stack([0 * value, value, 0 * value], axis=-1), isVector=True)
    pile = sitk.GetImageFromArray((1 + slope).astype(np.float32))
    for image in (field, pile):
        image.CopyInformation(moving)
    warp = sitk.DisplacementFieldTransform(sitk.Cast(field, sitk.sitkVectorFloat64))
    bent = sitk.Resample(moving, moving, warp, sitk.sitkBSpline) * pile
    found = register_sequence(fixed, bent, gtv, name="FLAIR")
    points = voxel_points(gtv)
    meant = apply(truth, points)
    seen = meant.copy()
    for _ in range(50):  # the point that was bent to where it is seen; the slope is below 1
        seen[:, 1] = meant[:, 1] - bend(seen)[0]
    off = np.linalg.norm(apply(found.transform, points) - seen, axis=1)
    return row_of(found) | {
        "off_mean_mm": float(off.mean()),
        "off_most_mm": float(off.max()),
        "estimated_mm": (found.quality["estimated_error"] or {}).get("error_mm"),
    }


def other(first: str, second: str) -> dict:
    shift = middle(scan(first)) - middle(scan(second))
    pose = sitk.TranslationTransform(3, shift.tolist())
    return row_of(registered(first, second, pose=lambda gtv: pose)[0])


def row_of(found: SequenceRegistration) -> dict:
    checks = found.quality["checks"]
    return {
        "verdict": found.verdict,
        "checks": {name: [check["value"], check["verdict"]] for name, check in checks.items()},
    }


def ranges(rows: list[dict], keys: tuple, decimals: int) -> str:
    """Cells of a table: from the least to the most of each key."""
    values = ([row[key] for row in rows] for key in keys)
    return " | ".join(f"{min(own):.{decimals}f}-{max(own):.{decimals}f} mm" for own in values)


def print_tables(rows: list[dict]) -> None:
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    print("| right ones | n | before: head, mean | at the tumour, most | after | | CPU s |")
    print("|---|---|---|---|---|---|---|")
    for kind in (kind for kind in kinds if kind.startswith("right")):
        mine = [row for row in rows if row["kind"] == kind]
        keys = ("before_head_mm", "before_tumour_mm", "after_head_mm", "after_tumour_mm")
        seconds = np.median([row["cpu_s"] for row in mine])
        print(f"| {kind} | {len(mine)} | {ranges(mine, keys, 2)} | {seconds:.1f} |")
    print("\n| distorted | n | contour off: mean | most | estimated error |")
    print("|---|---|---|---|---|")
    for kind in (kind for kind in kinds if kind.startswith("bent")):
        mine = [row for row in rows if row["kind"] == kind]
        keys = ("off_mean_mm", "off_most_mm", "estimated_mm")
        print(f"| {kind} | {len(mine)} | {ranges(mine, keys, 1)} |")
    names = list(dict.fromkeys(name for row in rows for name in row["checks"]))
    print("\n| kind | n | passed | look | failed | " + " | ".join(names) + " |")
    print("|---|---|---|---|---|" + "---|" * len(names))
    for kind in kinds:
        mine = [row for row in rows if row["kind"] == kind]
        verdicts = [row["verdict"] for row in mine]
        cells = [str(verdicts.count(verdict)) for verdict in ("pass", "look", "failed")]
        for name in names:
            had = [row["checks"].get(name, [None, ""]) for row in mine]
            values = [value for value, _ in had if value is not None]
            span = f" ({min(values):.2f} to {max(values):.2f})" if values else ""
            cells.append(f"{sum(verdict == 'failed' for _, verdict in had)}{span}")
        print(f"| {kind} | {len(mine)} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

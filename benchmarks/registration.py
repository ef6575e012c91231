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
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

from head_phantom import POSES, Difficulty, Pair, make_pair, make_real_pair  # noqa: E402

from npcradiomics.images import transforms  # noqa: E402
from npcradiomics.images.grids import voxel_points  # noqa: E402
from npcradiomics.images.masks import centroid  # noqa: E402
from npcradiomics.registration.checks import check_registration  # noqa: E402
from npcradiomics.registration.rigid import refine, register  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
SUCCESS_MM = 2.0
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
    yield "512 x 512 x 60", lambda: size_rows(cache)


SETS = {
    "rigid": rigid_set,
    "elastix": elastix_set,
    "distorted": distorted_set,
    "wrong": wrong_set,
    "stress": stress_set,
    "real": real_set,
    "size": size_set,
}


# Work


def timed(function, *arguments, **keywords):
    start = time.process_time()
    result = function(*arguments, **keywords)
    return result, time.process_time() - start


def errors(pair: Pair, transform: sitk.Transform) -> dict:
    error = pair.errors_mm(transform)
    return {"tre_mm": float(error.mean()), "tre_max_mm": float(error.max())}


def judged(pair: Pair, transform: sitk.Transform) -> dict:
    result, seconds = timed(
        check_registration, pair.fixed, pair.moving, transform, pair.gtv, pair.gtvr
    )
    values = {check.name: [check.value, check.verdict] for check in result.checks}
    return {"verdict": result.verdict, "checks": values, "check_cpu_s": seconds}


def compare(pair: Pair, others: bool):
    result, seconds = timed(register, pair.fixed, pair.moving, pair.gtv, moving_voi=pair.gtvr)
    yield {
        "method": "this project",
        **errors(pair, result.transform),
        "cpu_s": seconds,
        "best_rigid_mm": pair.best_rigid_mm(),
        **judged(pair, result.transform),
    }
    if others:
        transform, seconds = timed(plain_recipe, pair.fixed, pair.moving)
        yield {"method": "plain SimpleITK", **errors(pair, transform), "cpu_s": seconds}


def elastix_rows(pair: Pair):
    transform, seconds = timed(elastix, pair.fixed, pair.moving, pair.gtv)
    yield {"method": "elastix, two stages", **errors(pair, transform), "cpu_s": seconds}


def wrong_rows(pair: Pair, seed: int):
    rng = np.random.default_rng([seed, 7])
    right = register(pair.fixed, pair.moving, pair.gtv, moving_voi=pair.gtvr).transform
    yield {"method": "as registered", **errors(pair, right), **judged(pair, right)}
    for _ in range(2):
        wrong = sitk.CompositeTransform([right, random_motion(rng, pair, 3.0, 12.0, 2.0, 10.0)])
        yield {"method": "injected", **errors(pair, wrong), **judged(pair, wrong)}
    found = 0
    for _ in range(8):
        if found == 2:
            break
        start = sitk.CompositeTransform([right, random_motion(rng, pair, 10.0, 35.0, 10.0, 40.0)])
        wrong = refine(pair.fixed, pair.moving, pair.gtv, start)
        if errors(pair, wrong)["tre_mm"] > SUCCESS_MM:
            found += 1
            yield {"method": "wrong optimum", **errors(pair, wrong), **judged(pair, wrong)}
    wrong = plain_recipe(pair.fixed, pair.moving)
    if errors(pair, wrong)["tre_mm"] > SUCCESS_MM:
        yield {"method": "plain recipe's", **errors(pair, wrong), **judged(pair, wrong)}


def random_motion(rng, pair: Pair, low_mm, high_mm, low_deg, high_deg) -> sitk.Transform:
    shift, axis = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
    motion = sitk.VersorRigid3DTransform()
    motion.SetCenter(centroid(pair.gtv).tolist())
    motion.SetRotation(axis.tolist(), float(np.radians(rng.uniform(low_deg, high_deg))))
    motion.SetTranslation((rng.uniform(low_mm, high_mm) * shift).tolist())
    return motion


def two_timepoints(folder: Path, off: int):
    fixed = sitk.ReadImage(str(folder / "study1_FLAIR.nii.gz"))
    moving = sitk.ReadImage(str(folder / "study2_FLAIR.nii.gz"))
    first, second = (
        sitk.ReadTransform(str(folder / f"study{n}_FLAIR_to_common_space.txt")) for n in (1, 2)
    )
    # Each of the publishers' transforms maps points of the common space to points of its study.
    truth = sitk.CompositeTransform([second, first.GetInverse()])
    if off:
        rng = np.random.default_rng(off)
        shift, axis = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
        pose = sitk.VersorRigid3DTransform()
        pose.SetRotation(axis.tolist(), float(np.radians(8.0)))
        pose.SetTranslation((30.0 * shift).tolist())
        matrix, _ = transforms.linear_parts(pose)
        moving.SetOrigin(pose.TransformPoint(moving.GetOrigin()))
        moving.SetDirection((matrix @ np.array(moving.GetDirection()).reshape(3, 3)).ravel())
        truth = sitk.CompositeTransform([pose, truth])
    head = sitk.OtsuThreshold(fixed, 0, 1)
    points = voxel_points(head)[::50]
    middle = centroid(head)
    gtv = ball_mask(fixed, middle, 15.0)
    for region, voi in (("tumour-sized ball in the middle", gtv), ("whole head, no contour", None)):
        result, seconds = timed(register, fixed, moving, voi)
        for where, at in (
            ("head", points),
            ("ball + 10 mm", voxel_points(ball_mask(fixed, middle, 25.0))),
        ):
            yield {
                "method": region,
                "where": where,
                "tre_mm": float(transforms.distances_mm(result.transform, truth, at).mean()),
                "tre_max_mm": float(transforms.distances_mm(result.transform, truth, at).max()),
                "cpu_s": seconds,
            }


def ball_mask(image: sitk.Image, centre, radius_mm: float) -> sitk.Image:
    whole = sitk.Image(image.GetSize(), sitk.sitkUInt8) + 1
    whole.CopyInformation(image)
    near = np.linalg.norm(voxel_points(whole) - centre, axis=1) <= radius_mm
    mask = sitk.GetImageFromArray(near.reshape(image.GetSize()[::-1]).astype(np.uint8))
    mask.CopyInformation(image)
    return mask


def size_rows(cache: Path):
    """A pair of 512 x 512 x 60 voxels, in a process of its own: the peak of memory is that of one patient."""
    pair = phantom(cache, 1, EASY)
    for name in ("fixed", "moving", "gtv", "gtvr"):
        image = getattr(pair, name)
        large = sitk.Image([512, 512, 60], image.GetPixelID())
        large.SetDirection(image.GetDirection())
        large.SetOrigin(image.GetOrigin())
        large.SetSpacing(
            [
                s * (n - 1) / (m - 1)
                for s, n, m in zip(image.GetSpacing(), image.GetSize(), (512, 512, 60), strict=True)
            ]
        )
        nearest = sitk.sitkNearestNeighbor if name.startswith("gtv") else sitk.sitkLinear
        sitk.WriteImage(
            sitk.Cast(sitk.Resample(image, large, sitk.Transform(), nearest), sitk.sitkInt16),
            cache / f"large_{name}.mha",
        )
    out = subprocess.run(
        [sys.executable, __file__, "--size-probe", "--cache", cache],
        capture_output=True,
        text=True,
        check=True,
    )
    yield json.loads(out.stdout)


def size_probe(cache: Path) -> dict:
    fixed, moving, gtv, gtvr = (
        sitk.ReadImage(str(cache / f"large_{name}.mha"))
        for name in ("fixed", "moving", "gtv", "gtvr")
    )
    first, seconds = timed(register, fixed, moving, gtv, moving_voi=gtvr)
    _, check_seconds = timed(check_registration, fixed, moving, first.transform, gtv, gtvr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    again = register(fixed, moving, gtv, moving_voi=gtvr)
    return {
        "method": "this project",
        "cpu_s": seconds,
        "check_cpu_s": check_seconds,
        "peak_gb": peak,
        "bit_identical": first.transform.GetParameters() == again.transform.GetParameters(),
    }


def plain_recipe(fixed: sitk.Image, moving: sitk.Image) -> sitk.Transform:
    """SimpleITK's introductory notebook, with the regular-step optimiser: what most groups run."""
    fixed, moving = (sitk.Cast(image, sitk.sitkFloat32) for image in (fixed, moving))
    start = sitk.CenteredTransformInitializer(
        fixed, moving, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY
    )
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.01, 1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0, minStep=1e-4, numberOfIterations=100
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([2, 1, 0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(start, inPlace=False)
    return sitk.CompositeTransform(method.Execute(fixed, moving))


def elastix(fixed: sitk.Image, moving: sitk.Image, gtv: sitk.Image) -> sitk.Transform:
    """elastix' rigid default, then again with a mask of the tumour and 25 mm round it."""
    import itk

    def converted(image, kind):
        array = sitk.GetArrayFromImage(image).astype(kind)
        other = itk.image_from_array(array)
        other.SetSpacing(image.GetSpacing())
        other.SetOrigin(image.GetOrigin())
        other.SetDirection(itk.matrix_from_array(np.array(image.GetDirection()).reshape(3, 3)))
        return other

    mask = (
        sitk.SignedMaurerDistanceMap(gtv != 0, squaredDistance=False, useImageSpacing=True) <= 25.0
    )
    stages = (None, converted(mask, np.uint8))
    fixed, moving = converted(fixed, np.float32), converted(moving, np.float32)
    found, total = None, None
    for stage in stages:
        settings = itk.ParameterObject.New()
        settings.AddParameterMap(settings.GetDefaultParameterMap("rigid"))
        settings.SetParameter(
            "AutomaticTransformInitialization", "true" if found is None else "false"
        )
        settings.SetParameter("ErodeMask", "false")
        method = itk.ElastixRegistrationMethod.New(fixed, moving)
        method.SetParameterObject(settings)
        method.SetNumberOfThreads(1)
        if stage is not None:
            method.SetFixedMask(stage)
            method.SetInitialTransformParameterObject(found)
        method.UpdateLargestPossibleRegion()
        found = method.GetTransformParameterObject()
        step = _euler_of(found)
        total = step if stage is None else sitk.CompositeTransform([total, step])
    return total


def _euler_of(found) -> sitk.Transform:
    last = found.GetParameterMap(found.GetNumberOfParameterMaps() - 1)
    transform = sitk.Euler3DTransform()
    transform.SetComputeZYX(last["ComputeZYX"][0] == "true")
    transform.SetCenter([float(v) for v in last["CenterOfRotationPoint"]])
    transform.SetParameters([float(v) for v in last["TransformParameters"]])
    return transform


# Tables


def print_tables(rows: list[dict]) -> None:
    print(
        f"Machine: {cpu_name()}; Python {platform.python_version()}, SimpleITK {sitk.Version.VersionString()}"
    )
    for names, heading in (
        (("rigid", "elastix"), "Rigid pairs, three header poses each"),
        (("distorted",), "The same with 0.8 mm RMS smooth distortion per axis"),
        (
            "stress",
            "Stress: 25 % noise, 5-8 mm slices, 60-80 mm covered, 15-25 degrees of neck, moved twice as far",
        ),
    ):
        print_accuracy([row for row in rows if row["set"] in names], heading)
    print_safety(rows)
    print_real([row for row in rows if row["set"] == "real"])
    print_size([row for row in rows if row["set"] == "size"])


def print_accuracy(rows: list[dict], heading: str) -> None:
    if not rows:
        return
    print(
        f"## {heading}\n\n| method | success | mean TRE of successes (max), mm | best rigid fit, mm "
        "| CPU s, median (max) |"
    )
    print("|---|---|---|---|---|")
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        good = [row["tre_mm"] for row in mine if row["tre_mm"] < SUCCESS_MM]
        seconds = [row["cpu_s"] for row in mine]
        best = [row["best_rigid_mm"] for row in mine if "best_rigid_mm" in row]
        print(
            f"| {method} | {len(good)}/{len(mine)} | "
            + (f"{np.mean(good):.2f} ({max(good):.2f})" if good else "-")
            + (f" | {np.mean(best):.2f}" if best else " | ")
            + f" | {np.median(seconds):.1f} ({max(seconds):.1f}) |"
        )
    print()


def print_safety(rows: list[dict]) -> None:
    """Wrong ones from everywhere;

    right ones apart from those of the stress set, whose images a check may refuse.
    """
    judged_rows = [row for row in rows if "verdict" in row]
    if not judged_rows:
        return
    wrong = [row for row in judged_rows if row["tre_mm"] > SUCCESS_MM]
    right = [row for row in judged_rows if row["tre_mm"] <= SUCCESS_MM]
    stressed = [row for row in right if row["set"] == "stress"]
    right = [row for row in right if row["set"] != "stress"]
    kinds = [
        row["method"] if row["set"] == "wrong" else f"of the {row['set']} set" for row in wrong
    ]
    print("## Knowing when it failed\n")
    print(f"Wrong (mean TRE > {SUCCESS_MM:g} mm), all on heads that set no limit: {len(wrong)}")
    print(f"({', '.join(f'{kinds.count(kind)} {kind}' for kind in dict.fromkeys(kinds))}).\n")
    print(
        "| check | wrong ones failed | right ones failed | ... to look at or not known | right under stress failed |"
    )
    print("|---|---|---|---|---|")
    for name in [*judged_rows[0]["checks"], "all together"]:

        def share(group, *verdicts, name=name):
            had = [
                row["verdict"] if name == "all together" else row["checks"][name][1]
                for row in group
            ]
            return f"{sum(verdict in verdicts for verdict in had)}/{len(group)}"

        print(
            f"| {name} | {share(wrong, 'failed')} | {share(right, 'failed')} | {share(right, 'look', 'not known')} "
            f"| {share(stressed, 'failed')} |"
        )
    passed = [row for row in wrong if row["verdict"] != "failed"]
    print(
        "\nWrong and not failed: "
        + (
            "; ".join(f"{row['label']}, {row['method']}, {row['tre_mm']:.1f} mm" for row in passed)
            or "none"
        )
    )
    backward = [[row["checks"]["backward"][0] for row in group] for group in (right, wrong)]
    right_mm, wrong_mm = ([value for value in values if value is not None] for values in backward)
    if right_mm and wrong_mm:
        print(
            f"Backward discrepancy: right at most {max(right_mm):.2f} mm, wrong at least {min(wrong_mm):.2f} mm."
        )
    print()


def print_real(rows: list[dict]) -> None:
    if not rows:
        return
    print("## Two time points of a real head (the publishers' transforms are the truth)\n")
    print("| headers | region | mean error (max), mm, over | CPU s |\n|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['label']} | {row['method']} | {row['tre_mm']:.2f} ({row['tre_max_mm']:.2f}), "
            f"{row['where']} | {row['cpu_s']:.1f} |"
        )
    print()


def print_size(rows: list[dict]) -> None:
    for row in rows:
        print(
            f"512 x 512 x 60: {row['cpu_s']:.1f} CPU s to register and {row['check_cpu_s']:.1f} to check, "
            f"peak {row['peak_gb']:.2f} GB, rerun bit-identical: {row['bit_identical']}\n"
        )


def cpu_name() -> str:
    lines = (
        Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if Path("/proc/cpuinfo").exists()
        else []
    )
    named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{named[0]} x {len(named)}" if named else platform.processor()


if __name__ == "__main__":
    main()

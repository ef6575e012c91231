"""What is done with a pair of registration.py: registered, judged, misled, timed; each yields rows."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from head_phantom import Pair
from registration_methods import elastix, plain_recipe

from npcradiomics.images import transforms
from npcradiomics.images.grids import voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.registration.checks import RegistrationChecks, check_registration
from npcradiomics.registration.restarts import register_and_check
from npcradiomics.registration.rigid import refine, register

SUCCESS_MM = 2.0


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
    return in_words(result) | {"check_cpu_s": seconds}


def in_words(result: RegistrationChecks) -> dict:
    values = {check.name: [check.value, check.verdict] for check in result.checks}
    return {"verdict": result.verdict, "checks": values}


def compare(pair: Pair, others: bool):
    (result, checks), seconds = timed(
        register_and_check, pair.fixed, pair.moving, pair.gtv, pair.gtvr
    )
    yield {
        "method": "this project",
        **errors(pair, result.transform),
        "cpu_s": seconds,  # with the checks
        "best_rigid_mm": pair.best_rigid_mm(),
        "restarted": result.restarted,
        **in_words(checks),
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


def size_rows(cache: Path, pair: Pair):
    """A pair of 512 x 512 x 60 voxels, in a process of its own: the peak of memory is that of one patient."""
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
        [
            sys.executable,
            Path(__file__).with_name("registration.py"),
            "--size-probe",
            "--cache",
            cache,
        ],
        capture_output=True,
        encoding="utf-8",
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

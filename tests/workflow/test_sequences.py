"""Further sequences in the workflow: who has which, what is refused before the first job, and who is out and still in for the rest."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import SimpleITK as sitk
from snakemake.iocontainers import Namedlist

import carry_regions
import draw_sequence
import extract_features
import register_sequence
from hook_draws import PLAIN, VOLUME, hook_draws
from hook_in_a_tumour import GTV, HOOK, SPACING
from npcradiomics.files import read_json, write_json
from npcradiomics.images.masks import centroid
from npcradiomics.jobs import failures
from npcradiomics.jobs.provenance import sha256
from npcradiomics.spatial_null import draws
from small_head import examinations

PATIENTS = [f"REC{i:03d}" for i in range(1, 6)]
CHECK = {"name": "backward", "value": 3.0, "unit": "mm", "limit": 1.0, "verdict": "failed"}
FAILED = {"verdict": "failed", "checks": {"backward": CHECK | {"sentence": "They disagree."}}}


def counts_of(run):
    assert run.returncode == 0, run.stdout[-3000:]
    return dict(re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", run.stdout, re.M))


def with_columns(workspace, **cells):
    """The patients table with further columns: {column: {patient: cell}}."""
    table = workspace.folder / "patients.tsv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    for column, of_patients in cells.items():
        for row in rows:
            row[column] = of_patients.get(row["patient"], "")
    workspace.write_patients(rows)


def test_each_patient_is_measured_in_the_sequences_he_has(workspace):
    """REC002 has no T2, only REC001 an ADC; that of REC003 has failed, which leaves the patient in; of REC004 only the page has."""
    workspace.simulate(PATIENTS)
    workspace.config["allow_missing"] = True
    place = "results/heterogeneity/simulated/{}/planning_{}.nii.gz"
    t2 = {p: place.format(p, "t2") for p in PATIENTS if p != "REC002"}
    with_columns(workspace, planning_t2=t2, planning_adc={"REC001": place.format("REC001", "adc")})
    workspace.config["sequences"] = ["t2", "adc"]
    workspace.config["sequence_settings"] = {"t2": {"normalisation": "n4"}}
    for step, name, reason in (
        ("register_sequence", "REC003", "no such image"),
        ("report_sequence", "REC004", "no such font"),
    ):
        log = workspace.results / f"logs/{name}/sequences/t2/{step}.log"
        log.parent.mkdir(parents=True)
        failures.begin(log, step, name)
        failures.fail(log, step, name, reason)
    measured_in = {"t2": ["REC001", "REC004", "REC005"], "adc": ["REC001"]}
    null = [
        f"results/heterogeneity/patients/{name}/sequences/{sequence}/null/draws.npz"
        for sequence, names in measured_in.items()
        for name in names
    ]
    wanted = ("heterogeneity_collect_features", "heterogeneity_registration_pages", *null)
    run = workspace.run("-n", "--", *wanted)
    for told in (
        "REC003: without t2, whose register_sequence failed at the last attempt: no such image",
        "REC004: without the page of t2, whose report_sequence failed at the last attempt: no such font",
    ):
        assert told in run.stdout
    counts = counts_of(run)
    steps = ("register_sequence", "carry_regions", "extract_sequence", "draw_sequence")
    assert {name: counts[name] for name in steps} == dict.fromkeys(steps, "4")
    assert counts["report_sequence"] == "3"
    assert counts["extract_features"] == "5"
    assert counts["normalise_sequence"] == "3" and "normalise_intensity" not in counts


def test_a_missing_file_and_one_file_twice_are_refused_before_the_first_job(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["sequences"] = ["t2"]
    with_columns(workspace, planning_t2={"REC001": "scans/t2.nii.gz"})
    table = workspace.folder / "patients.tsv"
    text = table.read_text(encoding="utf-8").replace("heterogeneity/simulated", "made")
    table.write_text(text, encoding="utf-8")
    run = workspace.run("-n")
    assert "patients.tsv: REC001: planning_t2 scans/t2.nii.gz does not exist" in run.stdout
    same = re.search(r"\S*REC001/planning_mri.nii.gz", text)[0]
    table.write_text(text.replace("scans/t2.nii.gz", same), encoding="utf-8")
    run = workspace.run("-n")
    assert (
        run.returncode and "planning_mri of REC001 and planning_t2 of REC001 are one" in run.stdout
    )


@pytest.fixture(scope="module")
def drawn():
    return hook_draws()


@pytest.fixture
def patient(tmp_path, drawn):
    """Files of a patient whose sequence lies on the planning grid."""

    def write(name, array):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing([float(step) for step in SPACING[::-1]])
        sitk.WriteImage(image, str(tmp_path / name))

    write("sequence.nii.gz", VOLUME.astype(np.float32))
    write("gtv.nii.gz", GTV.astype(np.uint8))
    write("gtvr.nii.gz", HOOK.astype(np.uint8))
    sitk.WriteTransform(sitk.Euler3DTransform(), str(tmp_path / "given.tfm"))
    draws.write(drawn, tmp_path / "main.npz")
    write_json(FAILED, tmp_path / "quality.json")
    return tmp_path


def measured(folder, review=("", ""), min_voxels=64):
    """The scripts from the gate to the draws; the report of the regions, the rows of a region, the draws."""

    def files(**names):
        return Namedlist(fromdict={key: str(folder / name) for key, name in names.items()})

    regions = {name: f"on_{name}.nii.gz" for name in ("gtv", "gtvr", "recurrent", "non_recurrent")}
    wildcards = Namedlist(fromdict={"patient": "P1", "sequence": "adc"})
    names = ("gtv", "gtvr", "sequence")
    job = SimpleNamespace(
        wildcards=wildcards,
        input=files(
            **{name: f"{name}.nii.gz" for name in names},
            transform="given.tfm",
            quality="quality.json",
        ),
        output=files(**regions, report="regions.json"),
        params=SimpleNamespace(
            column="planning_adc",
            review=review,
            regions={"recurrent": "whole", "min_voxels": min_voxels},
        ),
    )
    carry_regions.main(job)
    job.params = SimpleNamespace(extraction=PLAIN)
    job.input = files(
        gtv=regions["gtv"],
        recurrent=regions["recurrent"],
        non_recurrent=regions["non_recurrent"],
        planning_mri="sequence.nii.gz",
        report="regions.json",
    )
    job.input = Namedlist(
        fromdict=dict(job.input.items()) | {"pyradiomics": "config/heterogeneity/pyradiomics.yaml"}
    )
    tables = ("recurrent", "non_recurrent", "pyradiomics", "intensities")
    job.output = files(**{name: f"{name}.tsv" for name in tables}, notes="notes.json")
    extract_features.main(job)
    job.input = files(
        draws="main.npz",
        gtv="gtv.nii.gz",
        gtv_on_sequence=regions["gtv"],
        sequence="sequence.nii.gz",
        transform="given.tfm",
        report="regions.json",
    )
    job.output = files(draws="draws.npz")
    draw_sequence.main(job)
    table = (folder / "recurrent.tsv").read_text(encoding="utf-8").splitlines()
    return read_json(folder / "regions.json"), table, draws.read(folder / "draws.npz")


@pytest.mark.parametrize(("code", "trusted"), [("a1", True), ("b2", False)])
def test_headers_are_trusted_in_one_frame_and_registered_in_two(tmp_path, caplog, code, trusted):
    """The head moved by 3 mm between both images; whoever trusts the headers is told so by the checks."""
    session = examinations((0.0, 0.0, 0.0), (3.0, 0.0, 0.0))
    names = {"planning_mri": session.fixed, "sequence": session.moving, "gtv": session.gtv}
    for name, image in names.items():
        sitk.WriteImage(image, str(tmp_path / f"{name}.nii.gz"))
    for name, of in (("first", "a1"), ("second", code)):
        write_json({"frame_of_reference": of}, tmp_path / f"{name}.json")
    given = {name: str(tmp_path / f"{name}.nii.gz") for name in names} | {"said": []}
    cells = {"planning_adc": given["sequence"]}
    made = ("quality.json", "inputs.json", "transform.tfm", "sequence_on_planning.nii.gz")
    job = SimpleNamespace(
        wildcards=SimpleNamespace(patient="P1", sequence="adc"),
        input=SimpleNamespace(
            **given, frames=[str(tmp_path / f"{name}.json") for name in ("first", "second")]
        ),
        output=SimpleNamespace(**{name.partition(".")[0]: str(tmp_path / name) for name in made}),
        params=SimpleNamespace(
            column="planning_adc", files=cells, same_frame=True, parameters={}, limits={}
        ),
    )
    register_sequence.main(job)
    quality = read_json(tmp_path / "quality.json")
    found = sitk.ReadTransform(str(tmp_path / "transform.tfm"))
    centre = centroid(session.gtv)
    moved = np.array(found.TransformPoint(centre)) - centre
    assert moved == pytest.approx((0, 0, 0) if trusted else (3, 0, 0), abs=0.0 if trusted else 0.3)
    assert quality["verdict"] == ("failed" if trusted else "pass")
    assert ("two frames of reference (a1 and b2); registered instead" in caplog.text) != trusted
    assert quality["note"].startswith("slope and unit are not known")
    record = read_json(tmp_path / "inputs.json")
    assert record["sha256"] == {"P1": {"planning_adc": sha256(given["sequence"])}}
    # What is missing when the job runs is refused, not passed over.
    job.params.files = cells | {"planning_adc_transform": "gone.tfm"}
    with pytest.raises(ValueError, match=r"gone\.tfm: no such file"):
        register_sequence.main(job)


def test_a_failed_registration_leaves_the_sequence_out_and_says_what_to_do(patient, caplog):
    report, table, drawn_there = measured(patient)
    assert report["reason"] == drawn_there.reason
    assert report["reason"].startswith("registration failed: They disagree. If the images do lie")
    assert "write accept into planning_adc_review" in report["reason"]
    assert f"not measured in adc: {report['reason']}" in caplog.text
    assert table == ["patient\tnot_measured", f"P1\t{report['reason']}"]
    assert np.isnan(drawn_there.features).all() and drawn_there.n_draws == 0
    assert not sitk.GetArrayFromImage(sitk.ReadImage(str(patient / "on_gtv.nii.gz"))).any()


def test_an_accepted_one_is_measured_and_a_rejected_one_is_not(patient, drawn):
    report, table, drawn_there = measured(patient, review=("accept", "looked"))
    assert report["reason"] == drawn_there.reason == ""
    assert report["recurrent_voxels"] == np.count_nonzero(HOOK)
    row = dict(zip(*(line.split("\t") for line in table), strict=True))
    assert float(row["Intensity_Mean"]) == pytest.approx(
        VOLUME.astype(np.float32)[HOOK].mean(dtype=float), rel=1e-6
    )
    assert np.array_equal(drawn_there.members, drawn.members)
    report, table, _ = measured(patient, review=("reject", "coil moved"))
    assert report["reason"] == "registration rejected by a person: coil moved"
    assert table[1] == f"P1\t{report['reason']}"


def test_a_region_too_small_on_the_grid_leaves_the_sequence_out(patient):
    report, table, _ = measured(patient, review=("accept", "looked"), min_voxels=100_000)
    assert "voxels of 0.8 x 0.8 x 3 mm: recurrent region has" in report["reason"]
    assert table[1] == f"P1\t{report['reason']}"

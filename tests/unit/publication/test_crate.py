"""What may be published: tables and figures with where they come from, and nobody's name."""

import json
import urllib.request
import zipfile

import pytest

from npcradiomics.jobs.provenance import sha256
from npcradiomics.publication.crate import write_crate

PAPER = "https://doi.org/10.1371/journal.pone.0240043"
IMAGE = "/data/hospital/MUELLER^HANS_planning.nii.gz"


@pytest.fixture
def study(tmp_path):
    """Results of two patients, and the record that provenance.json holds of them."""
    results = tmp_path / "results"
    for name, text in (
        ("tables/table2.tsv", "feature\tnote\nGLCM_Energy\tnot in scan_0815.nii\n"),
        ("figures/fig3.pdf", "%PDF"),
        ("cohort/features.tsv", "patient\tregion\nP07\trecurrent\n"),
    ):
        (results / name).parent.mkdir(parents=True)
        (results / name).write_text(text, encoding="utf-8")
    (results / "image.nii.gz").write_bytes(b"voxels")  # in the folder, and no output of the record
    outputs = {
        str(path.relative_to(results)): sha256(path)
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name != "image.nii.gz"
    }
    record = {
        "software": {
            "version": "0.3.0",
            "git_commit": "c0ffee",
            "git_changed_files": [],
            "code_sha256": "ab" * 32,
            "python": "3.13.0",
            "packages": {"numpy": "2.4.6", "snakemake": "9.27.1"},
        },
        "host": {"system": "Linux", "machine": "x86_64", "cores": 2},
        "command": ["snakemake", "-c2"],
        "settings": {
            "patients": "/home/hans/patients.tsv",
            "pyradiomics": "/home/hans/clone/config/heterogeneity/pyradiomics.yaml",
            "extraction": {"n_levels": 64},
        },
        "patients_table": "cd" * 32,
        "inputs": {"P07": {"planning_mri": "ef" * 32}, "B-014": {"planning_mri": "01" * 32}},
        "outputs": outputs,
    }
    return results, record


def write(study, path, record=None, cells=None):
    results, kept = study
    cells = cells or {"P07": {"planning_mri": IMAGE}}
    write_crate(
        record or kept,
        results,
        path,
        study="heterogeneity",
        paper=PAPER,
        simulated=True,
        cells=cells,
    )


def test_a_crate_has_the_outputs_of_the_record_and_says_what_made_them(study, tmp_path):
    results, record = study
    write(study, tmp_path / "crate.zip")
    with zipfile.ZipFile(tmp_path / "crate.zip") as crate:
        assert set(crate.namelist()) == {
            *record["outputs"],
            "Snakefile",
            "ro-crate-metadata.json",
        }
        assert crate.read("cohort/features.tsv") == (results / "cohort/features.tsv").read_bytes()
        text = crate.read("ro-crate-metadata.json").decode("utf-8")
    things = {thing["@id"]: thing for thing in json.loads(text)["@graph"]}
    assert things["figures/fig3.pdf"]["name"] == "Figure 3 (pdf)"
    assert things["tables/table2.tsv"]["sha256"] == record["outputs"]["tables/table2.tsv"]
    assert things["#input/B-014/planning_mri"]["sha256"] == "01" * 32
    assert things["#setting/extraction/n_levels"]["value"] == "64"
    assert things["#setting/pyradiomics"]["value"] == "pyradiomics.yaml"
    assert things["Snakefile"]["version"] == "c0ffee"
    assert things["https://pypi.org/project/numpy/2.4.6/"]["softwareVersion"] == "2.4.6"
    run = things["#run"]
    assert {one["@id"] for one in run["result"]} == set(record["outputs"])
    assert run["instrument"] == {"@id": "Snakefile"}
    assert {"@id": "#input/cohort/patients_table"} in run["object"]
    assert "SIMULATED" in things["./"]["description"]
    for secret in ("hans", "MUELLER", str(tmp_path), "patients.tsv"):
        assert secret not in text


@pytest.mark.parametrize("name", ["Mueller_Hans", "Hans", "1960-01-31", "P_31-01-1960", "12345678"])
def test_a_name_that_is_no_code_is_refused(study, tmp_path, name):
    record = study[1] | {"inputs": {"P07": {}, name: {}}}
    with pytest.raises(ValueError, match=f"may identify people: {name} is no code"):
        write(study, tmp_path / "crate.zip", record)
    assert not (tmp_path / "crate.zip").exists()


@pytest.mark.parametrize("name", ["P07", "REC001", "B-014", "TCGA-BH-A18H", "7", "site2_P7a"])
def test_codes_pass(study, tmp_path, name):
    write(study, tmp_path / "crate.zip", study[1] | {"inputs": {name: {}}})
    assert (tmp_path / "crate.zip").exists()


def test_an_output_that_names_a_patients_file_is_refused(study, tmp_path):
    cells = {"P07": {"gtv": "/a/b.dcm#GTV", "planning_mri": "/a/scan_0815.nii"}}
    with pytest.raises(ValueError, match=r"table2.tsv names planning_mri of P07 \(scan_0815.nii"):
        write(study, tmp_path / "crate.zip", cells=cells)
    cells = {"P07": {"planning_mri": "/a/GLCM_Energy"}}  # a folder's name alone may be any word
    write(study, tmp_path / "crate.zip", cells=cells)


def test_an_output_that_changed_or_is_an_image_is_refused(study, tmp_path):
    results, record = study
    images = record["outputs"] | {"image.nii.gz": sha256(results / "image.nii.gz")}
    with pytest.raises(ValueError, match=r"image.nii.gz is no table or figure"):
        write(study, tmp_path / "crate.zip", record | {"outputs": images})
    page = results / "calculator.html"
    page.write_text("<p>age <input id='age'></p>", encoding="utf-8")
    write(study, tmp_path / "page.zip", record | {"outputs": {page.name: sha256(page)}})
    with zipfile.ZipFile(tmp_path / "page.zip") as crate:
        assert page.name in crate.namelist()
    page.write_text('<p><img src="data:image/png;base64,AAAA"></p>', encoding="utf-8")
    with pytest.raises(ValueError, match=r"calculator.html is no table or figure"):
        write(study, tmp_path / "crate.zip", record | {"outputs": {page.name: sha256(page)}})
    (results / "figures/fig3.pdf").write_text("%PDF drawn over", encoding="utf-8")
    with pytest.raises(ValueError, match=r"figures/fig3.pdf is no longer what provenance.json"):
        write(study, tmp_path / "crate.zip")


def test_the_crate_keeps_the_profile(study, tmp_path):
    """By RO-Crate's validator, where it is installed (pip install roc-validator)."""
    services = pytest.importorskip("rocrate_validator.services", reason="needs roc-validator")
    models = pytest.importorskip("rocrate_validator.models")
    try:
        urllib.request.urlopen("https://w3id.org/ro/crate/1.1/context", timeout=20).close()
    except OSError:
        pytest.skip("needs the net: the validator reads the crate's contexts from w3id.org")
    write(study, tmp_path / "crate.zip")
    with zipfile.ZipFile(tmp_path / "crate.zip") as crate:
        crate.extractall(tmp_path / "crate")
    result = services.validate(
        services.ValidationSettings(
            rocrate_uri=str(tmp_path / "crate"),
            profile_identifier="workflow-run-crate",
            requirement_severity=models.Severity.REQUIRED,
        )
    )
    assert [issue.message for issue in result.get_issues()] == []

"""Checksums and versions of what results come from."""

import hashlib

import numpy

from npcradiomics.jobs.provenance import (
    checksums,
    config_files,
    differences,
    host_class,
    sha256,
    software,
    software_changes,
    unfit,
    without_folders,
)


def test_sha256_of_the_standards_example(tmp_path):
    # FIPS 180-4, example "abc"
    (tmp_path / "abc").write_bytes(b"abc")
    assert (
        sha256(tmp_path / "abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_an_absent_file_has_no_checksum(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    found = checksums({"a": tmp_path / "empty", "b": tmp_path / "nowhere"})
    assert found == {"a": hashlib.sha256().hexdigest(), "b": None}


def test_software_names_the_packages_that_ran():
    found = software()
    assert found["packages"]["numpy"] == numpy.__version__
    assert len(found["kernels_sha256"]) == len(found["code_sha256"]) == 64


def test_nothing_names_the_machine_or_its_user():
    assert set(host_class()) == {"system", "machine", "cores"}
    assert without_folders(["/home/jane.doe/bin/snakemake", "-c4", "~/x/config.yaml"]) == [
        "snakemake",
        "-c4",
        "config.yaml",
    ]


def test_equal_records_differ_in_nothing():
    record = {"inputs": {"P1": {"gtv": "0" * 64}}, "settings": {"n_levels": 256, "exclude": ""}}
    assert differences(record, {**record}) == []


def test_each_difference_is_named_with_both_values():
    then = {"inputs": {"P1": {"gtv": "a" * 64, "dose": "c" * 64}}, "settings": {"n_levels": 256}}
    now = {
        "inputs": {"P1": {"gtv": "b" * 64, "dose": None}, "P2": {}},
        "settings": {"n_levels": 128},
    }
    assert differences(then, now) == [
        "inputs P1 gtv: aaaaaaaaaaaa... in the record, bbbbbbbbbbbb... now",
        "inputs P1 dose: cccccccccccc... in the record, no file now",
        "inputs P2: nothing in the record, {} now",
        "settings n_levels: 256 in the record, 128 now",
    ]


def test_what_no_longer_fits_is_a_line_per_file_in_words():
    then = {
        "settings": {"extraction": {"n_levels": 256}, "exclude": ""},
        "patients_table": "a" * 64,
        "inputs": {
            "P1": {"gtv": "a" * 64, "dose": "c" * 64},
            "P3": {"gtv": "d" * 64},
            "P4": {"gtv": "4" * 64},
        },
        "outputs": {"tables/table2.tsv": "e" * 64, "figures/fig2.png": "f" * 64},
    }
    now = {
        "settings": {"extraction": {"n_levels": 64}, "exclude": ""},
        "patients_table": "b" * 64,
        "inputs": {
            "P1": {"gtv": "b" * 64, "dose": None, "gtvr": "1" * 64},
            "P2": {"gtv": "2" * 64},
        },
        "outputs": {"tables/table2.tsv": "3" * 64, "figures/fig2.png": None},
    }
    files = {"P1": {"gtv": "data/P1.nii", "dose": "d.nii", "gtvr": "r.nii"}, "P2": {"gtv": "x"}}
    out = {"P4": "registration rejected by a person: blurred"}
    assert unfit(then, now, files, out) == [
        "settings: extraction n_levels: 256 then, 64 now",
        "patients table: has changed since",
        "patient P1: gtv data/P1.nii: has changed since",
        "patient P1: dose d.nii: is not there",
        "patient P1: gtvr r.nii: came after the results",
        "patient P3: in the results, out now: no longer in the patients table",
        "patient P4: in the results, out now: registration rejected by a person: blurred",
        "patient P2: not among the results",
        "tables/table2.tsv: has changed since",
        "figures/fig2.png: is not there",
    ]
    assert unfit(then, then, files, {}) == []


def test_files_of_the_option_configfile_are_found_in_a_command():
    command = (
        "snakemake -c4 --configfile a/my.yaml b.yaml -k --configfiles=c.yaml heterogeneity_fig3"
    )
    assert config_files(command.split()) == ["my.yaml", "b.yaml", "c.yaml", "heterogeneity_fig3"]
    assert config_files(["snakemake", "-c4", "all"]) == []


def test_changes_of_code_and_packages_are_two_lines():
    then = {"code_sha256": "1", "git_commit": "a" * 40, "python": "3.11.2", "packages": {}}
    packages = {f"p{k}": "1.0" for k in range(7)}
    now = then | {"code_sha256": "2", "git_commit": "", "packages": packages}
    assert software_changes(then, now) == [
        "the code is another: commit aaaaaaa then, unknown now",
        "packages: p0 nothing then, 1.0 now; p1 nothing then, 1.0 now; p2 nothing then, 1.0 now;"
        " p3 nothing then, 1.0 now; p4 nothing then, 1.0 now; and 2 more",
    ]
    assert software_changes(then, then) == []

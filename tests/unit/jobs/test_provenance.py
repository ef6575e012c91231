"""Checksums and versions of what results come from."""

import hashlib

import numpy

from npcradiomics.jobs.provenance import (
    checksums,
    differences,
    host_class,
    sha256,
    software,
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

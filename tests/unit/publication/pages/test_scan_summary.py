"""The page of a scan: who is who in a flat folder, by pictures, sizes, days and the draft's own codes."""

import base64
import io
import re
import shutil

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from dicom_files import change, grid, series
from npcradiomics.dicom.dataset import code
from npcradiomics.dicom.draft import draft_rows, response_rows
from npcradiomics.dicom.inventory import scan
from npcradiomics.dicom.writer import write_rtstruct
from npcradiomics.publication.pages.scan_summary import WITHHELD, summary_content
from npcradiomics.publication.pages.template import render
from repository import ROOT

SIZE, SPACING = (24, 20, 7), (1.0, 1.5, 3.0)


def head(column):
    """A dark image; a bright bar at this column on the middle slice alone."""
    image = grid(SIZE, SPACING)
    values = np.full(SIZE[::-1], 10, np.int16)
    values[3, :, column : column + 4] = 900
    bright = sitk.GetImageFromArray(values)
    bright.CopyInformation(image)
    return bright


@pytest.fixture
def flat(tmp_path):
    """Two patients with two studies each in one flat folder, slices named in an order of their own."""
    folder = tmp_path / "flat"
    folder.mkdir()
    for k, name in enumerate(("Smith^Anna", "Jones^Otto")):
        for study, date in (("planning", "20191231"), ("back at Smith", "20210304")):
            column = 4 + 4 * k if study == "planning" else 16
            image, source = series(tmp_path / f"{k}{date}", head(column), name, study)
            write_rtstruct({"GTV": image > 100}, folder / f"RS{k}{date}.dcm", name, source)
            paths = sorted((tmp_path / f"{k}{date}").iterdir())
            for place, path in enumerate(paths):
                shutil.move(path, folder / f"{k}{date}_{(5 * place) % 7}.dcm")
            for path in folder.glob(f"*{k}{date}*"):
                change(path, StudyInstanceUID=f"1.2.{k}.{date}", StudyDate=date)
    return folder


def content_of(folder):
    found, _ = scan(folder)
    rows, said = draft_rows(found)
    both = [a | b for a, b in zip(rows, response_rows(found)[0], strict=True)]
    return summary_content(found, both, said, folder), both


def pixels(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))).convert("L"))


def test_who_is_who(flat):
    content, rows = content_of(flat)
    assert [patient["name"] for patient in content["patients"]] == ["P001", "P002"]
    for k, (patient, row) in enumerate(zip(content["patients"], rows, strict=True)):
        planning, gtv, recurrence, gtvr = patient["series"]
        assert [one["taken"] for one in patient["series"]] == [
            *(["planning_mri", "image"], ["gtv", "mask"], ["recurrence_mri"], ["gtvr"]),
        ]
        assert planning["code"] == row["planning_series"] != ""
        assert recurrence["code"] == row["recurrence_series"] != ""
        assert gtv["drawn_on"] == [f"MR {row['planning_series']}"]
        assert gtvr["structures"] == ["GTV"]
        # 2019-12-31 to 2021-03-04: 1 + 366 + 63 days on, 2020 being a leap year.
        assert [planning["day"], recurrence["day"]] == ["day 0", "day 429"]
        assert planning["size"] == "24 x 20, 7 images"
        assert planning["spacing"] == "1 x 1.5 x 3"
        assert planning["files"] == f"{k}20191231_0.dcm and 6 more"


def test_the_picture_is_the_middle_slice_wherever_its_file_stands(flat):
    content, _ = content_of(flat)
    for k, patient in enumerate(content["patients"]):
        planning, _, recurrence, _ = patient["series"]
        for one, column in ((planning, 4 + 4 * k), (recurrence, 16)):
            seen = pixels(one["picture"])
            assert seen.shape == (20, 24)
            bright = np.flatnonzero(seen.mean(axis=0) > 128)
            np.testing.assert_array_equal(bright, np.arange(column, column + 4))


def test_a_description_with_the_patients_name_is_not_shown(flat):
    content, _ = content_of(flat)
    words = [
        [one["description"] for one in patient["series"] if one["modality"] == "MR"]
        for patient in content["patients"]
    ]
    assert words == [["planning", WITHHELD], ["planning", "back at Smith"]]


def test_no_dates_and_no_uids_on_the_page_and_nothing_is_loaded(flat):
    content, _ = content_of(flat)
    found, _ = scan(flat)
    page = render(
        str(ROOT / "workflow/report/scan_summary.html"),
        **content,
        left_out=[("not DICOM", 2)],
        table="patients.tsv",
    )
    for one in found:
        assert one.uid not in page and one.study not in page
        assert code(one.uid) in page
    assert "Anna" not in page and "Otto" not in page
    assert not {a for a in re.findall(r'(?:href|src)="([^"]*)"', page) if a[:5] != "data:"}
    assert "2 files, not DICOM" in page


def test_a_series_without_readable_pixels_has_a_reason_in_place_of_a_picture(flat):
    for path in flat.glob("020191231*"):
        change(path, BitsAllocated=64)
    content, _ = content_of(flat)
    planning = content["patients"][0]["series"][0]
    assert planning["picture"] == ""
    assert "64 bits per pixel" in planning["fault"]
    assert content["patients"][0]["series"][2]["picture"]


def test_of_a_real_export(shared):
    folder = shared / "data/oblique_mr_dicom"
    content, rows = content_of(folder)
    image, structures = content["patients"][0]["series"]
    assert (
        image["taken"] == ["planning_mri", "image"] and rows[0]["planning_mri"] == f"{folder}/image"
    )
    assert image["size"] == "512 x 512, 40 images"
    assert image["spacing"] == "0.3906 x 0.3906 x 5.2"
    assert structures["structures"] == ["GTV_Mass", "GTV_Edema"]
    assert structures["drawn_on"] == [f"MR {image['code']}"]
    assert pixels(image["picture"]).shape == (171, 171)

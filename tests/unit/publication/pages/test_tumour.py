"""The pages of the response study's tumours: the contour where it is, the oddest first, nothing from elsewhere."""

import re
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

import collect_overview
import report_tumour
from npcradiomics.files import read_json
from npcradiomics.publication.pages.tumour import MARGIN_MM, page_content
from npcradiomics.response.tumours import describe_tumour, tumour_checks
from repository import ROOT

SHAPE, SPACING_XYZ = (8, 60, 70), (1.0, 1.0, 5.0)
BOX = np.s_[2:6, 28:34, 30:40]
REPORT = ROOT / "workflow/report"


def files(box=BOX, direction=None, bright=0):
    """An image with noise and a bright box, and the box as mask."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[box] = 1
    noise = np.random.default_rng(0).normal(100, 5, SHAPE)
    images = [sitk.GetImageFromArray(a) for a in (noise + (100.0 + bright) * mask, mask)]
    for image in images:
        image.SetSpacing(SPACING_XYZ)
        if direction:
            image.SetDirection(direction)
    return images


def content_of(image, mask):
    found = describe_tumour(image, mask)
    return page_content("P1", image, mask, found, tumour_checks(found), simulated=False)[0]


def enclosed(path):
    """Area within an outline along pixel edges: the sum of its upright edges' places, by the shoelace rule."""
    rows = {}
    for column, start, end in re.findall(r"M(\d+) (\d+)V(\d+)", path):
        for row in range(int(start), int(end)):
            rows.setdefault(row, []).append(int(column))
    return sum(
        b - a for edges in rows.values() for a, b in zip(*[iter(sorted(edges))] * 2, strict=True)
    )


def test_every_slice_is_there_and_its_contour_encloses_the_mask():
    content = content_of(*files())
    assert content["plane"] == "axial"
    slices = [cut for cut in content["cuts"] if cut["plane"] == "axial"]
    # The box of 5 slices of 5 mm round the tumour is cut off at the ends of the image.
    assert [cut["label"] for cut in slices] == [f"axial {k} of 8" for k in range(8, 0, -1)]
    areas = [enclosed(cut["outlines"]["mask"]) for cut in slices]
    assert areas == [0, 0, 60, 60, 60, 60, 0, 0]
    assert slices[0]["width"] == 10 + 2 * MARGIN_MM
    assert slices[0]["height"] == 6 + 2 * MARGIN_MM
    assert [cut["plane"] for cut in content["whole"]] == ["axial", "coronal", "sagittal"]
    assert all(enclosed(cut["outlines"]["mask"]) for cut in content["whole"])
    across = {cut["plane"]: cut for cut in content["cuts"] if cut["plane"] != "axial"}
    assert across.keys() == {"coronal", "sagittal"}


def test_slices_are_shown_in_the_plane_in_which_they_were_taken():
    # The third axis runs to the back: a coronal acquisition.
    content = content_of(*files(direction=(1, 0, 0, 0, 0, 1, 0, -1, 0)))
    assert content["plane"] == "coronal"
    slices = [cut for cut in content["cuts"] if cut["plane"] == "coronal"]
    assert sorted(enclosed(cut["outlines"]["mask"]) for cut in slices) == [0] * 4 + [60] * 4


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Pages of twelve patients, the last twice as bright and in a corner, and the overview over them."""
    folder = tmp_path_factory.mktemp("tumours")
    names = [f"P{k:02d}" for k in range(12)]
    names[5] = "P#05"  # which an address would end at
    outputs = []
    for k, name in enumerate(names):
        last = k == 11
        box = np.s_[0:4, 0:6, 0:10] if last else np.s_[2:6, 28:34, 30 : 38 + k % 4]
        row = {"patient": name}
        for key, image in zip(("image", "mask"), files(box, bright=300 * last + k), strict=True):
            row[key] = str(folder / f"{name}_{key}.nii.gz")
            sitk.WriteImage(image, row[key])
        own = folder / "patients" / name
        output = SimpleNamespace(
            report=own / "patient.html",
            thumbnail=own / "thumbnail.webp",
            tumour=own / "tumour.json",
        )
        outputs.append(output)
        given = SimpleNamespace(templates=[REPORT / "tumour_page.html"])
        params = SimpleNamespace(row=row, simulated=last)
        report_tumour.main(SimpleNamespace(input=given, params=params, output=output))
    given = SimpleNamespace(
        templates=[REPORT / "tumour_overview.html"],
        **{f"{name}s": [getattr(one, name) for one in outputs] for name in vars(outputs[0])},
    )
    rows = [{"patient": n, "group": "train" if n < "P10" else "new", "centre": "A"} for n in names]
    output = SimpleNamespace(
        table=folder / "cohort/tumours.tsv", overview=folder / "cohort/overview.html"
    )
    params = SimpleNamespace(rows=rows, simulated=True)
    collect_overview.main(SimpleNamespace(input=given, params=params, output=output))
    return folder


def words(text):
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def test_a_page_says_what_is_to_look_at_and_loads_nothing(made):
    plain, odd = ((made / f"patients/{n}/patient.html").read_text("utf-8") for n in ("P03", "P11"))
    assert "Nothing in the files that a person must look at" in words(plain)
    # Of 4 x 6 x 10 voxels all lie in the first slice (60), or row (30 more), or column (15 more).
    assert "? look Inside the image: The contour ends where the image ends" in words(odd)
    assert f"{60 + 3 * (10 + 5)} of 240 voxels at its edge" in words(odd)
    assert "Simulated patients" in odd and "Simulated patients" not in plain
    for page in (plain, odd):
        addresses = set(re.findall(r'(?:href|src)="([^"]*)"', page))
        assert {a for a in addresses if not a.startswith("data:")} == {"../../cohort/overview.html"}
        assert "@import" not in page and "<script" not in page
    number = re.search(r"Median within 10 mm of it (\S+)", words(plain))[1]
    assert float(number) == pytest.approx(100, abs=1)


def test_the_overview_begins_with_the_odd_ones_and_leads_to_their_pages(made):
    page = (made / "cohort/overview.html").read_text("utf-8")
    cards = re.findall(r'<li class="verdict card.*?</li>', page, re.S)
    assert len(cards) == 12
    first = words(cards[0])
    assert first.startswith("P11 1.2 cm³ in 4 slices · centre A · new patient")
    # 511 above 200 to 210: brighter than all ten of the cohort, to whom P10 does not belong either.
    assert "median grey value" in first and "brighter than in 10 of 10 others" in first
    assert "10 patients of the cohort, 2 new" in words(page)
    pages = {made / "cohort" / unquote(link) for link in re.findall(r'<h2><a href="([^"]*)"', page)}
    assert len(pages) == 12 and all(path.resolve().is_file() for path in pages)
    assert 'href="../patients/P%2305/patient.html"' in page
    assert "Simulated patients" in page and "<script" not in page


def test_the_table_has_the_numbers(made):
    table = pd.read_csv(made / "cohort/tumours.tsv", sep="\t").set_index("patient")
    # 8 to 11 columns of 6 rows in 4 slices of 5 mm.
    assert table.loc["P03", "volume_cm3"] == pytest.approx(11 * 6 * 4 * 5 / 1000)
    assert table.loc["P11", "z_median"] > 3.5
    assert table["odd"].notna().sum() == 1 and "edge" not in str(table.loc["P03", "look"])
    assert table.loc["P11", "look"].startswith("The contour ends where the image ends")
    found = read_json(made / "patients/P03/tumour.json")
    assert table.loc["P03", "median"] == found["median"]

"""Several RTDOSEs: what belongs together is summed, what does not is refused in words."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import change, grid, points_of, series
from npcradiomics.cohort.sources import several
from npcradiomics.dicom.dose_sum import read_dose_sum
from npcradiomics.dicom.writer import write_rtdose
from solid_masks import image_of

COARSE, FINE = ((12, 11, 9), (4.0, 4.0, 4.0)), ((30, 30, 20), (2.0, 2.0, 2.5))


def plan_reference(uid, summation, part=None):
    """ReferencedRTPlanSequence of a dose of this plan, and of one of its beams or fraction groups."""
    plan = pydicom.Dataset()
    plan.ReferencedSOPInstanceUID = uid
    if part is not None:
        group = pydicom.Dataset()
        group.ReferencedFractionGroupNumber = part if summation == "FRACTION" else 1
        if summation == "BEAM":
            beam = pydicom.Dataset()
            beam.ReferencedBeamNumber = part
            group.ReferencedBeamSequence = [beam]
        plan.ReferencedFractionGroupSequence = [group]
    return [plan]


@pytest.fixture
def write(tmp_path):
    """Write the dose `gray` + x / 10 and what it is of; returns its path."""
    _, source = series(tmp_path / "mr")

    def written(name, gray, plan="1.2.1", summation="PLAN", part=None, shape=FINE, **attributes):
        place = grid(*shape)
        path = tmp_path / f"{name}.dcm"
        write_rtdose(image_of(gray + points_of(place)[..., 0] / 10, place), path, "P1", source)
        reference = plan_reference(plan, summation, part) if plan else []
        change(path, ReferencedRTPlanSequence=reference, DoseSummationType=summation, **attributes)
        return str(path)

    return written


@pytest.fixture
def write_plan(tmp_path):
    """An RTPLAN with beams 1, 2 that treat and 3 for set-up, and as many fraction groups as are asked for."""

    def written(uid="1.2.1", groups=1):
        plan = pydicom.Dataset()
        plan.file_meta = pydicom.dataset.FileMetaDataset()
        plan.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        plan.file_meta.MediaStorageSOPClassUID = plan.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.5"
        plan.file_meta.MediaStorageSOPInstanceUID = plan.SOPInstanceUID = uid
        plan.Modality = "RTPLAN"
        plan.FractionGroupSequence = []
        for number in range(1, groups + 1):
            group = pydicom.Dataset()
            group.FractionGroupNumber, group.ReferencedBeamSequence = number, []
            for beam_number, meterset in ((1, 100.0), (2, 80.0), (3, None)):
                beam = pydicom.Dataset()
                beam.ReferencedBeamNumber = beam_number
                if meterset is not None:
                    beam.BeamMeterset = meterset
                group.ReferencedBeamSequence.append(beam)
            plan.FractionGroupSequence.append(group)
        plan.save_as(tmp_path / "plan.dcm", enforce_file_format=True)

    return written


def test_a_course_and_its_boost_on_another_grid_are_summed(write):
    summed = read_dose_sum([write("first", 50.0), write("boost", 20.0, "1.2.2", shape=COARSE)])
    points = points_of(summed)
    found = sitk.GetArrayFromImage(summed)
    # Both are linear in x, so that interpolation is exact; beyond the boost's grid it adds nothing.
    covered = (np.abs(points) <= [22.0, 20.0, 16.0]).all(axis=-1)
    assert covered.any() and not covered.all()
    assert np.allclose(found[covered], 70.0 + 0.2 * points[covered][:, 0], atol=1e-4)
    far = (np.abs(points) > [24.0, 22.0, 18.0]).any(axis=-1)
    assert np.allclose(found[far], 50.0 + 0.1 * points[far][:, 0], atol=1e-4)
    assert summed.GetSize() == FINE[0] and summed.GetSpacing() == FINE[1]


def test_beams_of_a_plan_are_summed_if_they_are_all(write, write_plan):
    beams = [write(f"beam{k}", 10.0 * k, "1.2.1", "BEAM", k) for k in (1, 2)]
    with pytest.raises(ValueError, match="the RTPLAN of these beam doses is not there"):
        read_dose_sum(beams)
    write_plan()
    middle = sitk.GetArrayFromImage(read_dose_sum(beams)).mean()
    assert middle == pytest.approx(30.0, abs=1e-4)
    third = write("beam3", 5.0, "1.2.1", "BEAM", 3)
    with pytest.raises(ValueError, match="doses of the beams 1, 3, the plan has 1, 2"):
        read_dose_sum([beams[0], third])
    with pytest.raises(ValueError, match="doses of the beams 1, 1, the plan has 1, 2"):
        read_dose_sum([beams[0], beams[0]])
    with pytest.raises(ValueError, match="a part of the plan"):
        read_dose_sum(beams[:1])


def test_fraction_groups_of_a_plan_are_summed(write, write_plan):
    write_plan(groups=2)
    groups = [write(f"group{k}", 10.0, "1.2.1", "FRACTION", k) for k in (1, 2)]
    assert sitk.GetArrayFromImage(read_dose_sum(groups)).mean() == pytest.approx(20.0, abs=1e-4)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"plan": "1.2.1"}, "second.dcm: a dose of the same plan as first.dcm"),
        ({"plan": None}, "does not say of which plan it is"),
        (
            {"summation": "BEAM", "part": 1},
            "second.dcm: doses of different extent are no sum: PLAN, BEAM",
        ),
        ({"summation": "CONTROL_POINT"}, "different extent are no sum"),
        ({"DoseType": "EFFECTIVE"}, r"different types \(EFFECTIVE, PHYSICAL\)"),
        ({"DoseUnits": "RELATIVE"}, "not in gray"),
        ({"FrameOfReferenceUID": "1.2.3.4"}, "in different frames of reference"),
        ({"Modality": "MR"}, "not an RTDOSE"),
    ],
)
def test_what_does_not_belong_together_is_refused(write, second, message):
    with pytest.raises(ValueError, match=message):
        read_dose_sum([write("first", 50.0), write("second", 20.0, **{"plan": "1.2.2"} | second)])


def test_a_sum_of_plans_does_not_count_one_of_them_twice(write):
    both = write("both", 70.0, summation="MULTI_PLAN")
    change(
        both, ReferencedRTPlanSequence=[*plan_reference("1.2.1", ""), *plan_reference("1.2.2", "")]
    )
    with pytest.raises(
        ValueError,
        match=r"boost\.dcm: a dose of the same plan as both\.dcm",
    ):
        read_dose_sum([both, write("boost", 20.0, "1.2.2")])


def test_a_cell_names_several_files(tmp_path):
    assert several("a/plan.dcm; a/boost.dcm") == ["a/plan.dcm", "a/boost.dcm"]
    assert several("a/plan.dcm") == ["a/plan.dcm"]
    odd = tmp_path / "one; two.dcm"
    odd.touch()
    assert several(str(odd)) == [str(odd)]

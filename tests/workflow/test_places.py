"""Places and voxel maps of a patient on disk: they are what the core makes of image, GTV and draws."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.features.voxel_maps import voxel_maps
from npcradiomics.risk import places
from npcradiomics.spatial_null import draws

PATIENT = "REC001"
FOLDER = f"results/heterogeneity/patients/{PATIENT}"


def test_places_and_a_map_stand_on_the_planning_grid(workspace):
    workspace.simulate([PATIENT], size=[96, 96, 20], spacing_mm=[1.6, 1.6, 6.0])
    workspace.config["risk_map"] = {"size_cm3": 1.5, "coverage": 3, "kernel_radius": 1}
    named = f"{FOLDER}/voxel_maps/GLSZM_ZP.nii.gz", f"{FOLDER}/risk/places.npz"
    finished = workspace.run(*named)
    assert finished.returncode == 0, finished.stdout[-3000:]
    made, truth = (workspace.folder / FOLDER, workspace.results / "simulated" / PATIENT)
    image, gtv = (sitk.ReadImage(str(truth / f"{n}.nii.gz")) for n in ("planning_mri", "gtv"))
    volume, mask = (sitk.GetArrayFromImage(one) for one in (image, gtv))
    map_image = sitk.ReadImage(str(made / "voxel_maps/GLSZM_ZP.nii.gz"))
    assert map_image.GetDirection() == image.GetDirection()
    assert map_image.GetOrigin() == pytest.approx(image.GetOrigin())
    found = sitk.GetArrayFromImage(map_image)
    assert not found[mask == 0].any()
    asked = {"radius": 1, "n_levels": 256, "quantizer": "lloyd"}
    expected = voxel_maps(volume, mask, ["GLSZM_ZP"], **asked)[:, 0]
    np.testing.assert_array_equal(found[mask > 0], expected.astype(np.float32))
    record = places.read(made / "risk/places.npz")
    assert record.n_voxels == round(1500 / (1.6 * 1.6 * 6))
    assert record.places.astype(int).sum(axis=0).min() >= 3
    drawn = draws.read(made / "null/draws.npz")
    recurrent = sitk.GetArrayFromImage(sitk.ReadImage(str(made / "regions/recurrent.nii.gz")))
    np.testing.assert_array_equal(record.on_grid(record.observed), (recurrent > 0) & (mask > 0))
    assert record.draws.shape == (drawn.n_draws, np.count_nonzero(mask))
    first = record.places.indices[: record.n_voxels]
    assert record.intensity[0] == pytest.approx(volume[mask > 0][first].mean(), rel=1e-12)
    # What the config asks for wrongly is refused before the first job.
    for names, words in (
        (["NGTDM_Busynes"], "no feature is called 'NGTDM_Busynes'; did you mean NGTDM_Busyness?"),
        ([], "risk_map: voxel_maps names no feature"),
    ):
        workspace.config["risk_map"] = {"voxel_maps": names}
        refused = workspace.run("-n", "heterogeneity_voxel_maps")
        assert refused.returncode != 0
        assert words in refused.stdout

"""Before and after of a normalised planning MRI: the slice, the field in the tumour, the words."""

import base64
import io

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from npcradiomics.publication.pages.intensity import intensity_content


def test_the_slice_with_most_of_the_gtv_and_the_fields_range_there():
    shape = (4, 20, 30)
    gtv = np.zeros(shape, np.uint8)
    gtv[2, 5:10, 5:25] = 1
    gtv[1, 5, 5] = 1
    field = np.broadcast_to(1.0 + np.arange(30) / 100.0, shape)
    planning = np.zeros(shape)
    planning[2, :, 15:] = 100.0  # bright to the patient's left, which is on the right
    images = []
    for values in (planning, planning / field, field, gtv):
        image = sitk.GetImageFromArray(np.ascontiguousarray(values))
        image.SetSpacing((2.0, 3.0, 5.0))
        images.append(image)
    assert intensity_content(images[0], [], images[3]) is None
    content = intensity_content(images[0], images[1:3], images[3])
    values = field[gtv > 0]
    assert content["field_low"] == pytest.approx(np.percentile(values, 5))
    assert content["field_high"] == pytest.approx(np.percentile(values, 95))
    assert [p["words"] for p in content["pictures"]] == ["as scanned", "bias field", "as measured"]
    assert {(p["width"], p["height"]) for p in content["pictures"]} == {(60.0, 60.0)}
    grey = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(p["uri"].partition(",")[2]))))[..., 0]
        for p in content["pictures"]
    ]
    assert grey[0][:, 18:].min() > 200
    assert grey[0][:, :12].max() < 50
    assert grey[1][:, 28].mean() > grey[1][:, 2].mean() + 150

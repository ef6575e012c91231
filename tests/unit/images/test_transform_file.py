"""Transforms people hand in: the good ones are read as they are, every wrong one is refused with file and reason."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.transforms import linear_parts, read_linear_transform


def write(transform, path):
    sitk.WriteTransform(transform, str(path))
    return str(path)


def test_affine_transform_is_read_as_written(tmp_path):
    affine = sitk.AffineTransform(3)
    affine.SetMatrix((1.02, 0.01, 0.0, 0.0, 0.98, 0.03, 0.02, 0.0, 1.01))
    affine.SetTranslation((1.0, -2.0, 30.0))
    matrix, offset = linear_parts(read_linear_transform(write(affine, tmp_path / "a.tfm")))
    np.testing.assert_allclose(matrix, np.reshape(affine.GetMatrix(), (3, 3)), atol=1e-12)
    np.testing.assert_allclose(offset, (1.0, -2.0, 30.0), atol=1e-12)


def test_chain_of_rigid_transforms_is_linear(tmp_path):
    chain = sitk.CompositeTransform(
        [sitk.Euler3DTransform(), sitk.TranslationTransform(3, (1.0, 2.0, 3.0))]
    )
    _, offset = linear_parts(read_linear_transform(write(chain, tmp_path / "chain.tfm")))
    np.testing.assert_allclose(offset, (1.0, 2.0, 3.0), atol=1e-12)


def test_missing_file(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.tfm: no such file"):
        read_linear_transform(str(tmp_path / "nowhere.tfm"))


@pytest.mark.parametrize(
    "content", ["", "1 0 0 0\n0 1 0 0\n", "#Insight Transform File V1.0\nTransform: Euler3D"]
)
def test_file_that_is_no_transform(tmp_path, content):
    path = tmp_path / "text.tfm"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"text\.tfm: not a readable transform"):
        read_linear_transform(str(path))


def test_image_instead_of_a_transform(tmp_path):
    path = tmp_path / "image.nii.gz"
    sitk.WriteImage(sitk.Image(4, 4, 4, sitk.sitkUInt8), str(path))
    with pytest.raises(ValueError, match=r"image\.nii\.gz: not a readable transform"):
        read_linear_transform(str(path))


def test_two_dimensional_transform(tmp_path):
    with pytest.raises(ValueError, match=r"2 dimensions, 3 needed"):
        read_linear_transform(write(sitk.Euler2DTransform(), tmp_path / "flat.tfm"))


def test_deformation_that_is_zero_almost_everywhere(tmp_path):
    # Probing single points would take it for the identity.
    field = sitk.Image([8, 8, 8], sitk.sitkVectorFloat64, 3)
    field[4, 4, 4] = (5.0, 0.0, 0.0)
    transform = sitk.DisplacementFieldTransform(field)
    with pytest.raises(ValueError, match=r"field\.h5: DisplacementFieldTransform is not linear"):
        read_linear_transform(write(transform, tmp_path / "field.h5"))


def test_deformation_inside_a_chain(tmp_path):
    bspline = sitk.BSplineTransformInitializer(sitk.Image(16, 16, 16, sitk.sitkUInt8), [4, 4, 4])
    chain = sitk.CompositeTransform([sitk.Euler3DTransform(), bspline])
    with pytest.raises(ValueError, match="is not linear"):
        read_linear_transform(write(chain, tmp_path / "chain.tfm"))


def test_mirroring_transform(tmp_path):
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix((-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    with pytest.raises(ValueError, match=r"mirrors or flattens space \(determinant -1\)"):
        read_linear_transform(write(mirror, tmp_path / "mirror.tfm"))

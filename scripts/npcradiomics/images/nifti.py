"""NIfTI: two readers in hand, and a header that may say two things of one voxel.

A header holds up to three answers to where voxels are and how large: sform, qform, and the sizes in
pixdim. Where they agree it is read; else a person says which is meant (`nifti_geometry`).
"""

import itertools
import os
import sys
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import nearest_orthonormal, refuse_shear, repair_direction
from npcradiomics.refusal import Refusal

GEOMETRIES = ("sform", "qform", "pixdim")
SAME_VOXEL = 0.01  # of a voxel, anywhere in the volume
CHOOSE = "choose by nifti_geometry: sform, qform or pixdim, in the patients table or the config"
MM, UNKNOWN = 2, 0  # of xyzt_units
ROUNDED = 5e-7  # a quaternion's numbers in 32 bits
_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def _import_nibabel():
    # nibabel imports pydicom where there is one, for header extensions that nobody reads here: 0.2
    # CPU s of every job.
    unwanted = "pydicom" not in sys.modules
    if unwanted:
        sys.modules["pydicom"] = None
    try:
        import nibabel
    finally:
        if unwanted:
            del sys.modules["pydicom"]
    return nibabel


nibabel = _import_nibabel()


def read_nifti(path: str | Path, geometry: str | None = None) -> sitk.Image:
    """Read a NIfTI volume (one file or a pair) of one real value per voxel.

    Parameters
    ----------
    path : path
        The file, or the .hdr of a pair.
    geometry : {"sform", "qform", "pixdim"}, optional
        Which answer counts where the header holds several; pixdim: its sizes, on the axes of sform
        or else qform, or on those of the array. Without it they must agree.

    Returns
    -------
    SimpleITK.Image
        Axes perpendicular, as by `geometry.repair_direction`.

    Raises
    ------
    ValueError
        With file and numbers: truncated, not 3-D, complex or colour voxels, NaN, unsound scaling,
        units other than mm, a sheared sform, and readings that place or size voxels differently by
        more than 1 % of a voxel over the volume.
    """
    with _usual_name(Path(path)) as usual:
        try:
            header, values, shape = _by_nibabel(usual, path)
            readings = _readings(header, path)
            image = _by_itk(usual)
        except (
            nibabel.filebasedimages.ImageFileError,
            OSError,
            EOFError,
            RuntimeError,
            zlib.error,
        ) as error:
            reason = " ".join(str(error).split()).replace(str(usual), "it") or type(error).__name__
            raise Refusal(
                f"{path}: cannot be read (truncated, damaged or not an image): {reason}",
                "copy or export it again",
            ) from error
    _require_same_values(image, values, header, path)
    if geometry is not None:
        if geometry not in readings:
            raise Refusal(
                f"{path}: nifti_geometry is {geometry}, the header has only {', '.join(readings)}",
                CHOOSE,
            )
        return repair_direction(_placed(image, readings[geometry], path))
    form = next((name for name in ("sform", "qform") if name in readings), None)
    if form is None:
        raise Refusal(
            f"{path}: sform_code and qform_code are 0: some programs put the first voxel at (0, 0, 0) mm, others the middle of"
            " the volume, and not all on the same side is left",
            CHOOSE,
        )
    if form == "sform":
        axes = readings[form][:3, :3]
        refuse_shear(axes / np.linalg.norm(axes, axis=0), str(path))
    readings["the reader (ITK)"] = _TO_LPS @ _affine(image)
    for name, other in readings.items():
        _require_agreement(form, _straight(readings[form]), name, _straight(other), shape, path)
    return repair_direction(image)


def _by_nibabel(usual, path):
    """(raw header, values as nibabel has them, shape) of a sound file."""
    with nibabel.openers.Opener(str(usual)) as file:
        header = nibabel.Nifti1Header.from_fileobj(file, check=False)
    _require_real(header, path)
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    # Both NaN, as nibabel writes whole numbers, says that nothing is scaled.
    unscaled = np.isnan(slope) and (np.isnan(inter) or inter == 0)
    if not unscaled and not (np.isfinite(slope) and np.isfinite(inter)):
        raise Refusal(
            f"{path}: scl_slope is {slope:g} and scl_inter {inter:g}",
            "write 1 and 0 for values that stand as stored",
        )
    if slope == 0 and inter != 0:
        raise Refusal(
            f"{path}: scl_slope is 0 and scl_inter {inter:g}: one reader ignores the intercept, another adds it",
            "write scl_slope 1 where it is to be added, scl_inter 0 where not",
        )
    if (units := int(header["xyzt_units"]) & 7) not in (MM, UNKNOWN):
        name = {1: "metres", 3: "micrometres"}.get(units, f"units of code {units}")
        sizes = " x ".join(f"{size:g}" for size in header["pixdim"][1:4])
        raise Refusal(
            f"{path}: lengths are in {name} (voxels of {sizes}), which not every program heeds",
            "write it in mm",
        )
    try:
        values = np.asanyarray((volume := nibabel.load(usual)).dataobj)
    except ValueError as error:
        raise OSError(str(error)) from error
    shape = volume.shape
    if len(shape) < 3 or any(n > 1 for n in shape[3:]):
        words = "x".join(map(str, shape))
        raise Refusal(
            f"{path}: {len(shape)}-D image of {words} voxels, a 3-D one is needed",
            "write one volume of it",
        )
    if values.dtype.kind == "f" and (bad := values.size - np.count_nonzero(np.isfinite(values))):
        raise Refusal(
            f"{path}: {bad} of {values.size} voxels are NaN or infinite", "replace them before use"
        )
    return header, values, shape[:3]


def _require_real(header, path):
    try:
        kind = header.get_data_dtype()
    except (nibabel.spatialimages.HeaderDataError, KeyError) as error:
        raise OSError(f"datatype {error}") from error
    if kind.kind not in "iuf":
        what = "complex" if kind.kind == "c" else "coloured"
        raise Refusal(
            f"{path}: {what} voxels (NIfTI datatype {int(header['datatype'])}), one real value is needed",
            "write the magnitude" if what == "complex" else "write one channel",
        )


def _readings(header, path):
    """{name: affine (4, 4) to RAS mm} of what the header says of places and sizes."""
    sizes = np.array(header["pixdim"][1:4], dtype=float)
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        words = ", ".join(f"{size:g}" for size in sizes)
        raise Refusal(
            f"{path}: voxel sizes in pixdim are {words} mm", "write the true ones, above 0"
        )
    found = {}
    if header["sform_code"] > 0:
        found["sform"] = np.array(header.get_sform(), dtype=float)
        lengths = np.linalg.norm(found["sform"][:3, :3], axis=0)
        if not np.isfinite(found["sform"]).all() or lengths.min() == 0:
            raise Refusal(
                f"{path}: sform has an axis of length {lengths.min():g} mm or is not finite", CHOOSE
            )
    if header["qform_code"] > 0:
        try:
            found["qform"] = np.array(header.get_qform(), dtype=float)
        except (nibabel.spatialimages.HeaderDataError, ValueError) as error:
            raise Refusal(
                f"{path}: qform is no rotation ({error})", "write the quaternion again"
            ) from error
        if "sform" in found:
            found["qform"][:3, :3] = _unrounded(found["qform"][:3, :3], found["sform"], header)
    axes = next(iter(found.values()), np.diag([-1.0, -1.0, 1.0, 1.0])).copy()
    axes[:3, :3] *= sizes / np.linalg.norm(axes[:3, :3], axis=0)
    return found | {"pixdim": axes}


def _unrounded(axes, sform, header):
    # The quaternion's fourth number is what the header's three leave to a length of 1: small where axial
    # slices are tilted a little, and then rounding alone turns the axes by up to 0.04 degrees.
    directions = nearest_orthonormal(sform[:3, :3] / np.linalg.norm(sform[:3, :3], axis=0))
    side = np.sign(np.linalg.det(directions))
    turn = nibabel.quaternions.mat2quat(directions * [1.0, 1.0, side])[1:]
    written = np.array([header[f"quatern_{name}"] for name in "bcd"], dtype=float)
    apart = min(np.abs(turn - written).max(), np.abs(turn + written).max())
    same = apart < ROUNDED and side == np.sign(np.linalg.det(axes))
    return directions * np.linalg.norm(axes, axis=0) if same else axes


def _require_agreement(form, affine, name, other, shape, path):
    corners = np.array(
        [(*corner, 1.0) for corner in itertools.product(*((0, n - 1) for n in shape))]
    )
    apart_mm = (corners @ (affine - other).T)[:, :3]
    apart = np.abs(np.linalg.solve(affine[:3, :3], apart_mm.T)).max()
    if apart > SAME_VOXEL:
        words = [
            f"{which}: voxels of {' x '.join(f'{s:.4g}' for s in np.linalg.norm(a[:3, :3], axis=0))} mm, the first at"
            f" ({', '.join(f'{x:.1f}' for x in a[:3, 3])})"
            for which, a in ((form, affine), (name, other))
        ]
        raise Refusal(
            f"{path}: {form} and {name} of the header put voxels up to {np.linalg.norm(apart_mm, axis=1).max():.3g} mm"
            f" ({apart:.3g} voxels) apart ({'; '.join(words)})",
            CHOOSE,
        )


def _require_same_values(image, values, header, path):
    if header["scl_slope"] in (0, 1) or np.isnan(header["scl_slope"]):
        return  # nothing is scaled
    other = sitk.GetArrayViewFromImage(image).ravel()
    apart = float(np.abs(other - values.ravel(order="F")).max())
    if apart > 1e-5 * max(float(np.abs(other).max()), 1e-30):
        raise Refusal(
            f"{path}: two readers differ by up to {apart:g} in the values (scl_slope {float(header['scl_slope']):g}, scl_inter"
            f" {float(header['scl_inter']):g})",
            "write the values unscaled, as 32-bit numbers",
        )


def _straight(affine):
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    straight = affine.copy()
    straight[:3, :3] = nearest_orthonormal(affine[:3, :3] / lengths) * lengths
    return straight


def _affine(image):
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return affine


def _placed(image, affine, path):
    """The image where an affine (RAS) says."""
    lps = _TO_LPS @ affine
    sizes = np.linalg.norm(lps[:3, :3], axis=0)
    refuse_shear(lps[:3, :3] / sizes, str(path))
    image.SetSpacing(sizes.tolist())
    image.SetDirection((lps[:3, :3] / sizes).ravel())
    image.SetOrigin(lps[:3, 3].tolist())
    return image


@contextmanager
def _usual_name(path):
    """The path, or a link to it with the ending that the readers go by: they take P.NII.GZ for no NIfTI."""
    with path.open("rb") as file:
        ending = ".nii.gz" if file.read(2) == b"\x1f\x8b" else ".nii"
    if path.name.endswith((ending, ".hdr")):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="npcradiomics-") as folder:
        link = Path(folder) / f"volume{ending}"
        if path.suffix.casefold() == ".hdr":
            link = link.with_suffix(".hdr")
            data = next(
                p
                for p in path.parent.iterdir()
                if p.stem == path.stem and p.suffix.casefold() == ".img"
            )
            link.with_suffix(".img").symlink_to(data.resolve())
        link.symlink_to(path.resolve())
        yield link


def _by_itk(path):
    """Read by ITK, told to be permissive: it straightens any sform in silence then, which is judged here instead."""
    before = os.environ.get("ITK_NIFTI_SFORM_PERMISSIVE")
    os.environ["ITK_NIFTI_SFORM_PERMISSIVE"] = "1"
    try:
        return sitk.ReadImage(str(path), imageIO="NiftiImageIO")
    finally:
        if before is None:
            del os.environ["ITK_NIFTI_SFORM_PERMISSIVE"]
        else:
            os.environ["ITK_NIFTI_SFORM_PERMISSIVE"] = before

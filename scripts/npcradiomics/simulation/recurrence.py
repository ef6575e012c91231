"""A simulated patient: planning MRI, recurrence MRI, contours and dose, with the truth that was planted.

There are no public patients of this kind, so the default cohort is made here. Coordinates are
millimetres in the patient frame of DICOM (x to the left, y to the back, z to the head); the
nasopharynx is at the origin and the planning frame is the head's own frame. Arrays are (z, y, x).
What a patient looks like follows from (seed, patient) alone.

Points, distances and grey values are made plane by plane along z: in double precision they would
take over a hundred bytes per voxel. Only what needs all voxels at once is held whole, in single
precision: random fields, noise, results.
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.simulation.head import CONTRASTS, TISSUES, Head

# What Akram 2020 tells of single patients: Figs 2 and 5 and their discussion.
LARGE_RECURRENCE = ("REC004", "REC011", "REC013", "REC014")
DARKER_RECURRENCE = ("REC004", "REC008", "REC011")
OUT_OF_FIELD = ("REC015",)

PRESCRIPTION_GY = 70.0
MAX_ROTATION_DEG = 10.0
MAX_TRANSLATION_MM = 20.0


@dataclass(frozen=True)
class Planted:
    """What makes the recurrent region differ from the rest of the tumour on the planning MRI.

    Tumour intensity = mean + coarse + fine, two Gaussian random fields. `brightness` (grey values)
    is added in the recurrent region, and the fields are multiplied there: less coarse and more fine
    texture, which together lower the variance.
    """

    brightness: float
    coarse_factor: float
    fine_factor: float

    @classmethod
    def draw(cls, rng, patient):
        """Draw how much one patient's recurrence differs;

        in DARKER_RECURRENCE it is darker, else brighter.
        """
        sign = -1.0 if patient in DARKER_RECURRENCE else 1.0
        return cls(sign * rng.uniform(6.0, 18.0), rng.uniform(0.35, 0.85), rng.uniform(1.0, 1.4))


NOTHING_PLANTED = Planted(brightness=0.0, coarse_factor=1.0, fine_factor=1.0)
TUMOUR_COARSE_SD = 22.0
TUMOUR_FINE_SD = 9.0
COARSE_SCALE_MM = 1.6  # Gaussian sigma of the coarse field, small against any region so that size does not change its variance


@dataclass(frozen=True)
class SimulatedPatient:
    """Images of one simulated patient (SimpleITK) and `truth` (JSON-ready)."""

    planning_mri: sitk.Image
    recurrence_mri: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    dose: sitk.Image
    isodose95: sitk.Image
    transform: sitk.Euler3DTransform
    truth: dict


def simulate_patient(patient, seed, planted=True, size=(256, 256, 32), spacing_mm=(0.7, 0.7, 5.0)):
    """Simulate one patient.

    patient: name; names in LARGE_RECURRENCE, DARKER_RECURRENCE and OUT_OF_FIELD get that trait.
    seed: integer of the cohort. planted: False makes recurrent and non-recurrent regions alike (the
    null cohort). size, spacing_mm: (x, y, z) of the planning MRI; voxels are addressed from the
    nasopharynx outward. Returns a SimulatedPatient; its transform maps planning points to
    recurrence points.
    """
    # The name enters byte by byte, so that a patient does not change when others join the cohort.
    rng = np.random.default_rng([seed, *patient.encode()])
    anatomy = Head.draw(rng)
    tumour = Tumour.draw(rng, patient)
    drawn = Planted.draw(rng, patient)  # also for the null cohort, which is the same one otherwise
    difference = drawn if planted else NOTHING_PLANTED

    planning_grid = _grid(size, spacing_mm, centre_mm=(0.0, 12.0, 10.0))
    gtv, recurrent, enhancing = masks = np.empty((3, *planning_grid.GetSize()[::-1]), bool)
    for k, points in enumerate(_planes(planning_grid)):
        masks[:, k] = tumour.on(points)
    planning_mri = _planning_mri(anatomy, planning_grid, enhancing, recurrent, difference, rng)

    transform = _draw_motion(rng, tumour.centre_mm)
    bend_deg = rng.uniform(2.0, 6.0)
    recurrence_grid = _recurrence_grid(size, spacing_mm, transform, rng)
    to_planning = transform.GetInverse()

    def to_head(points):
        return _unbend(_transform_points(points, to_planning), bend_deg)

    gtvr = np.stack([tumour.on(to_head(points))[1] for points in _planes(recurrence_grid)])
    recurrence_mri = _recurrence_mri(anatomy, recurrence_grid, to_head, gtvr, rng)

    dose, isodose95 = _dose(tumour, planning_grid, patient)
    voxel_cm3 = float(np.prod(planning_grid.GetSpacing())) / 1000.0
    inside = gtv & recurrent
    truth = {
        "patient": patient,
        "simulated": True,
        "seed": seed,
        "transform_planning_to_recurrence": {
            "matrix": list(transform.GetMatrix()),
            "translation_mm": list(transform.GetTranslation()),
            "centre_mm": list(transform.GetCenter()),
            "rotation_xyz_deg": [float(np.rad2deg(a)) for a in _angles(transform)],
        },
        "neck_bending_deg": bend_deg,
        "planted": None if not planted else _planted_truth(difference),
        "gtv_cm3": float(gtv.sum() * voxel_cm3),
        "recurrent_cm3": float(recurrent.sum() * voxel_cm3),
        "recurrent_fraction_of_gtv": float(inside.sum() / gtv.sum()),
        "recurrent_outside_gtv_fraction": float((recurrent & ~gtv).sum() / recurrent.sum()),
        "in_field_fraction": float((recurrent & isodose95).sum() / recurrent.sum()),
        "gtvr_cm3_on_recurrence_mri": float(
            gtvr.sum() * np.prod(recurrence_grid.GetSpacing()) / 1000.0
        ),
    }
    return SimulatedPatient(
        planning_mri=planning_mri,
        recurrence_mri=recurrence_mri,
        gtv=_image(gtv.view(np.uint8), planning_grid),
        gtvr=_image(gtvr.view(np.uint8), recurrence_grid),
        dose=dose,
        isodose95=_image(isodose95.view(np.uint8), planning_grid),
        transform=transform,
        truth=truth,
    )


@dataclass(frozen=True)
class Tumour:
    """Shape of the tumour and of its recurrence; lengths in millimetres.

    The tumour is a union of three ellipsoids with a wobbly surface; the recurrence is an ellipsoid
    round a point of the tumour, cut off 0.5 mm outside the tumour's surface (it has grown a
    little), scaled to the wanted share of the GTV.
    """

    centre_mm: np.ndarray  # (3,) x, y, z
    centres_mm: np.ndarray  # (3, 3) of the ellipsoids
    radii_mm: np.ndarray  # (3, 3)
    wobble: np.ndarray  # (4, 4): wave vector in rad/mm and phase of each surface wave
    recurrence_centre_mm: np.ndarray
    recurrence_shape: np.ndarray  # (3,) relative half axes
    recurrence_scale_mm: float
    growth_mm: float = 0.5
    rim_mm: float = 3.0  # tissue that enhances beyond the contour, as at the indistinct borders of these tumours

    @classmethod
    def draw(cls, rng, patient):
        """Draw a tumour;

        the share of the GTV that recurs is 8-45 %, or 62-80 % in LARGE_RECURRENCE.
        """
        centre = np.array([rng.uniform(-6, 6), rng.uniform(-2, 6), rng.uniform(-4, 4)])
        centres = centre + rng.uniform(-9, 9, (3, 3)) * [1.2, 0.8, 0.9]
        centres[0] = centre
        radii = rng.uniform([13, 11, 12], [20, 16, 18], (3, 3))
        wobble = np.column_stack([rng.normal(0, 0.16, (4, 3)), rng.uniform(0, 2 * np.pi, 4)])
        fraction = (
            rng.uniform(0.62, 0.80) if patient in LARGE_RECURRENCE else rng.uniform(0.08, 0.45)
        )
        shape = rng.uniform(0.8, 1.25, 3)
        tumour = cls(centre, centres, radii, wobble, centre, shape, 1.0)
        return tumour._with_recurrence(rng, fraction)

    def _with_recurrence(self, rng, fraction):
        """The same tumour with a recurrence that fills `fraction` of it, round a point well inside."""
        axis = np.arange(-45.0, 45.0, 1.5)
        z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
        points = np.stack([x, y, z], axis=-1).reshape(-1, 3) + self.centre_mm
        depth = -self.distance(points)
        inside = points[depth > 0]
        deep = points[depth > 4.0]
        seed_point = deep[rng.integers(len(deep))]
        radius = np.sqrt((((inside - seed_point) / self.recurrence_shape) ** 2).sum(axis=1))
        scale = float(np.quantile(radius, fraction))
        return Tumour(
            self.centre_mm,
            self.centres_mm,
            self.radii_mm,
            self.wobble,
            seed_point,
            self.recurrence_shape,
            scale,
        )

    def distance(self, points):
        """Approximate signed distance to the tumour's surface, negative inside;

        points (..., 3) -> (...).
        """
        nearest = np.full(points.shape[:-1], np.inf)
        for centre, radii in zip(self.centres_mm, self.radii_mm, strict=True):
            relative = np.sqrt((((points - centre) / radii) ** 2).sum(axis=-1))
            nearest = np.minimum(nearest, (relative - 1.0) * radii.min())
        waves = np.sin(points @ self.wobble[:, :3].T + self.wobble[:, 3]).sum(axis=-1)
        return nearest + 0.6 * waves

    def on(self, points):
        """What lies at the points (..., 3): GTV, recurrence, enhancing tissue;

        three boolean arrays (...).
        """
        tumour, recurrence, enhancing = (np.zeros(points.shape[:-1], bool) for _ in range(3))
        near = _near(points, self.centre_mm, 48.0)
        close = points[near]
        distance = self.distance(close)
        radius = np.sqrt(
            (((close - self.recurrence_centre_mm) / self.recurrence_shape) ** 2).sum(axis=-1)
        )
        tumour[near] = distance < 0
        within = radius < self.recurrence_scale_mm
        recurrence[near] = within & (distance < self.growth_mm)
        enhancing[near] = distance < self.rim_mm
        return tumour, recurrence, enhancing


def _planted_truth(difference):
    return {
        "brightness": difference.brightness,
        "coarse_texture_sd_factor": difference.coarse_factor,
        "fine_texture_sd_factor": difference.fine_factor,
        "signs_of_recurrent_minus_non_recurrent": {
            "Intensity_Mean": int(np.sign(difference.brightness)),
            "Intensity_Variance": -1,
            "Intensity_MAD": -1,
        },
    }


@dataclass(frozen=True)
class Scanner:
    """How a scanner renders a head: grey value per tissue, bias field, noise, scale and range of its grey values."""

    contrast: tuple  # in the order of TISSUES
    bias: float  # of the grey value
    noise_sd: float  # grey values, before the gain
    gain: float
    maximum: int

    @property
    def tumour(self):
        """Grey value of tumour."""
        return self.contrast[TISSUES.index("tumour")]

    def acquire(self, anatomy, grid, to_head, inside, tumour, rng):
        """MRI on the grid: image of int16.

        to_head: maps points (y, x, 3) of the grid to the frame of the anatomy. inside: boolean (z,
        y, x), where the grey values `tumour`, one per voxel in C order, replace the anatomy's;
        their precision is the image's.
        """
        values = anatomy.grey_values(self.contrast, thickness_mm=grid.GetSpacing()[2])
        waves, phases = rng.normal(0, 1.0, (3, 3)), rng.uniform(0, 2 * np.pi, 3)
        # The noise is complex, and its real part is drawn for all voxels before the imaginary part
        # of the first.
        real_noise = rng.standard_normal(inside.shape, dtype=np.float32)
        tumour_planes = np.split(tumour, np.cumsum(inside.sum(axis=(1, 2)))[:-1])
        image = np.empty(inside.shape, np.int16)
        for k, points in enumerate(_planes(grid)):
            plane = anatomy.sample(values, to_head(points), outside=self.contrast[0]).astype(
                tumour.dtype
            )
            plane[inside[k]] = tumour_planes[k]
            plane *= 1.0 + self.bias * _smooth_bias(points, waves, phases)
            imaginary_noise = rng.standard_normal(plane.shape, dtype=np.float32)
            magnitude = np.hypot(
                plane + self.noise_sd * real_noise[k], self.noise_sd * imaginary_noise
            )
            image[k] = np.clip(np.rint(self.gain * magnitude), 0, self.maximum)
        return _image(image, grid)


# Contrast-enhanced fat-suppressed T1 with grey values 0..255 as the paper's images; T1 of another
# scanner.
PLANNING_SCANNER = Scanner(CONTRASTS["ce_fs_t1"], bias=0.04, noise_sd=2.0, gain=1.0, maximum=255)
RECURRENCE_SCANNER = Scanner(CONTRASTS["t1"], bias=0.15, noise_sd=4.0, gain=3.1, maximum=1500)


def _planning_mri(anatomy, grid, enhancing, recurrent, difference, rng):
    """The tumour with its texture, and what was planted in the recurrent region."""
    recurrent = recurrent[enhancing]
    spacing = np.array(grid.GetSpacing())[::-1]
    coarse = _random_field(rng, enhancing.shape, COARSE_SCALE_MM / spacing)[enhancing]
    fine = _random_field(rng, enhancing.shape, (0.0, 0.45, 0.45))[enhancing]
    texture = TUMOUR_COARSE_SD * coarse * np.where(recurrent, difference.coarse_factor, 1.0)
    texture += TUMOUR_FINE_SD * fine * np.where(recurrent, difference.fine_factor, 1.0)
    tumour = PLANNING_SCANNER.tumour + texture
    tumour += np.where(recurrent, difference.brightness, 0.0)
    return PLANNING_SCANNER.acquire(anatomy, grid, lambda points: points, enhancing, tumour, rng)


def _recurrence_mri(anatomy, grid, to_head, gtvr, rng):
    """Other contrast, stronger bias field and noise; the treated tumour has become scar."""
    scar = RECURRENCE_SCANNER.tumour + 12.0 * _random_field(rng, gtvr.shape, (0.3, 1.5, 1.5))[gtvr]
    return RECURRENCE_SCANNER.acquire(anatomy, grid, to_head, gtvr, scar, rng)


def _dose(tumour, grid, patient):
    """Dose in gray (image of float32), and where it reaches 95 % of the prescription (boolean array).

    The prescription with a few per cent more in the middle, falling off 6 mm outside the GTV. In
    OUT_OF_FIELD the field misses the tumour on the side where it comes back.
    """
    shift = np.zeros(3)
    if patient in OUT_OF_FIELD:
        direction = tumour.recurrence_centre_mm - tumour.centre_mm
        shift = -18.0 * direction / np.linalg.norm(direction)
    dose_gy = np.empty(grid.GetSize()[::-1], np.float32)
    isodose95 = np.empty(dose_gy.shape, bool)
    for k, points in enumerate(_planes(grid)):
        distance = np.full(points.shape[:-1], 60.0)
        near = _near(points, tumour.centre_mm + shift, 70.0)
        distance[near] = tumour.distance(points[near] - shift)
        plane = PRESCRIPTION_GY * 1.04 / (1.0 + np.exp((distance - 12.0) / 3.0))
        dose_gy[k], isodose95[k] = plane, plane >= 0.95 * PRESCRIPTION_GY
    return _image(dose_gy, grid), isodose95


def _draw_motion(rng, centre_mm):
    """A rigid motion of at most 10 degrees and 20 mm about the tumour."""
    axis = rng.normal(size=3)
    angle = np.deg2rad(rng.uniform(2.0, MAX_ROTATION_DEG))
    shift = rng.normal(size=3)
    shift *= rng.uniform(3.0, MAX_TRANSLATION_MM) / np.linalg.norm(shift)
    versor = sitk.VersorTransform([float(a) for a in axis / np.linalg.norm(axis)], float(angle))
    transform = sitk.Euler3DTransform()
    transform.SetCenter([float(c) for c in centre_mm])
    transform.SetMatrix(versor.GetMatrix())
    transform.SetTranslation([float(s) for s in shift])
    return transform


def _angles(transform):
    return transform.GetAngleX(), transform.GetAngleY(), transform.GetAngleZ()


def _transform_points(points, transform):
    """Apply a rigid SimpleITK transform to points (..., 3)."""
    matrix = np.array(transform.GetMatrix()).reshape(3, 3)
    centre = np.array(transform.GetCenter())
    return (points - centre) @ matrix.T + centre + np.array(transform.GetTranslation())


def _unbend(points, bend_deg, from_z_mm=-30.0):
    """Head-frame points of a neck that is bent forwards below `from_z_mm`, growing from 0 to bend_deg over 50 mm."""
    below = np.clip((from_z_mm - points[..., 2]) / 50.0, 0.0, 1.0)
    angle = np.deg2rad(bend_deg) * below
    y, z = points[..., 1] - 20.0, points[..., 2] - from_z_mm
    straight = points.copy()
    straight[..., 1] = np.cos(angle) * y - np.sin(angle) * z + 20.0
    straight[..., 2] = np.sin(angle) * y + np.cos(angle) * z + from_z_mm
    return straight


def _grid(size, spacing_mm, centre_mm):
    """An empty image whose centre lies at centre_mm."""
    grid = sitk.Image([int(n) for n in size], sitk.sitkUInt8)
    grid.SetSpacing([float(s) for s in spacing_mm])
    extent = (np.array(size) - 1) * np.array(spacing_mm)
    grid.SetOrigin([float(o) for o in np.array(centre_mm) - extent / 2.0])
    return grid


def _recurrence_grid(size, spacing_mm, transform, rng):
    """The other scanner's grid: own spacing and matrix, centred on the moved head within a few millimetres."""
    extent = np.array(size) * np.array(spacing_mm) * [1.08, 1.08, 1.05]
    spacing = np.array([spacing_mm[0] * 1.29, spacing_mm[1] * 1.29, spacing_mm[2] * 0.8])
    centre = np.array(transform.TransformPoint([0.0, 12.0, 10.0])) + rng.uniform(-4, 4, 3)
    return _grid(np.rint(extent / spacing), spacing, centre)


def _planes(grid):
    """Physical points of an axis-aligned grid, plane by plane: yields (y, x, 3), a new array each time."""
    origin, spacing, size = grid.GetOrigin(), grid.GetSpacing(), grid.GetSize()
    x, y, planes_z = (o + s * np.arange(n) for o, s, n in zip(origin, spacing, size, strict=True))
    for z in planes_z:
        points = np.empty((len(y), len(x), 3))
        points[..., 0] = x
        points[..., 1] = y[:, None]
        points[..., 2] = z
        yield points


def _near(points, centre_mm, half_width_mm):
    """Which points (..., 3) lie in a cube round the centre: far fewer than all, and cheap to tell."""
    near = np.abs(points[..., 0] - centre_mm[0]) < half_width_mm
    for axis in (1, 2):
        near &= np.abs(points[..., axis] - centre_mm[axis]) < half_width_mm
    return near


def _random_field(rng, shape, sigma):
    """Gaussian random field of zero mean and unit variance, smoothed by sigma voxels per axis;

    float32.
    """
    field = rng.standard_normal(shape, dtype=np.float32)
    ndimage.gaussian_filter(field, sigma, output=field, mode="wrap")
    mean, sd = field.mean(), field.std()
    field -= mean
    field /= sd
    return field


def _smooth_bias(points, waves, phases):
    """Smooth field at points (..., 3) between about -1 and 1: three waves, wave vectors (3, 3) in rad per 90 mm."""
    return np.sin((points / 90.0) @ waves.T + phases).mean(axis=-1)


def _image(array, grid):
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(grid)
    return image

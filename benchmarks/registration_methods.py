"""The methods set beside this project's: SimpleITK's own recipe, elastix, greedy, block matching."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import expand
from npcradiomics.registration.pyramid import crop, region_level


def plain_recipe(fixed: sitk.Image, moving: sitk.Image) -> sitk.Transform:
    """SimpleITK's introductory notebook, with the regular-step optimiser: what most groups run."""
    fixed, moving = (sitk.Cast(image, sitk.sitkFloat32) for image in (fixed, moving))
    start = sitk.CenteredTransformInitializer(
        fixed, moving, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY
    )
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.01, 1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0, minStep=1e-4, numberOfIterations=100
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([2, 1, 0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(start, inPlace=False)
    return sitk.CompositeTransform(method.Execute(fixed, moving))


def elastix(fixed: sitk.Image, moving: sitk.Image, gtv: sitk.Image) -> sitk.Transform:
    """elastix' rigid default, then again with a mask of the tumour and 25 mm round it."""
    import itk

    def converted(image, kind):
        array = sitk.GetArrayFromImage(image).astype(kind)
        other = itk.image_from_array(array)
        other.SetSpacing(image.GetSpacing())
        other.SetOrigin(image.GetOrigin())
        other.SetDirection(itk.matrix_from_array(np.array(image.GetDirection()).reshape(3, 3)))
        return other

    mask = (
        sitk.SignedMaurerDistanceMap(gtv != 0, squaredDistance=False, useImageSpacing=True) <= 25.0
    )
    stages = (None, converted(mask, np.uint8))
    fixed, moving = converted(fixed, np.float32), converted(moving, np.float32)
    found, total = None, None
    for stage in stages:
        settings = itk.ParameterObject.New()
        settings.AddParameterMap(settings.GetDefaultParameterMap("rigid"))
        settings.SetParameter(
            "AutomaticTransformInitialization", "true" if found is None else "false"
        )
        settings.SetParameter("ErodeMask", "false")
        method = itk.ElastixRegistrationMethod.New(fixed, moving)
        method.SetParameterObject(settings)
        method.SetNumberOfThreads(1)
        if stage is not None:
            method.SetFixedMask(stage)
            method.SetInitialTransformParameterObject(found)
        method.UpdateLargestPossibleRegion()
        found = method.GetTransformParameterObject()
        step = _euler_of(found)
        total = step if stage is None else sitk.CompositeTransform([total, step])
    return total


def _euler_of(found) -> sitk.Transform:
    last = found.GetParameterMap(found.GetNumberOfParameterMaps() - 1)
    transform = sitk.Euler3DTransform()
    transform.SetComputeZYX(last["ComputeZYX"][0] == "true")
    transform.SetCenter([float(v) for v in last["CenterOfRotationPoint"]])
    transform.SetParameters([float(v) for v in last["TransformParameters"]])
    return transform


def greedy_deformation(
    fixed: sitk.Image, moving: sitk.Image, transform: sitk.Transform, gtv: sitk.Image
) -> sitk.Transform:
    """picsl-greedy's deformable registration round the tumour, after a rigid transform.

    Correlation in blocks of 9 voxels at 2 mm; less smoothing moved more of what had not moved.
    """
    import picsl_greedy

    level, mask = region_level(fixed, gtv, 25.0, 2.0, 99.5, 400_000)
    other = sitk.Resample(moving, level, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    greedy = picsl_greedy.Greedy3D()
    greedy.execute(
        "-threads 1 -V 0 -i fixed moving -gm mask -m NCC 4x4x4 -n 50x25 -s 5vox 2vox -o warp",
        fixed=level,
        moving=other,
        mask=sitk.Cast(mask, sitk.sitkFloat32),
        warp=None,
    )
    return sitk.DisplacementFieldTransform(sitk.Cast(greedy["warp"], sitk.sitkVectorFloat64))


def block_matching(
    fixed: sitk.Image, moving: sitk.Image, transform: sitk.Transform, gtv: sitk.Image
) -> float:
    """Mean residual motion in mm round the tumour, by local block matching.

    Blocks of 18 mm, every 8 mm within 10 mm of the tumour; each is moved by up to 6 mm along every
    axis to where its correlation, squared, is largest. Of the shifts the median of each block and
    its six neighbours counts.
    """
    step, half, reach = 2.0, 4, 3
    around = expand(crop(gtv, box_corners(gtv), 12.0), 10.0)
    corners = box_corners(around)
    margin = step * (half + reach + 1)
    grid = sitk.Image(
        (np.ceil((np.ptp(corners, axis=0) + 2 * margin) / step).astype(int) + 1).tolist(),
        sitk.sitkFloat32,
    )
    grid.SetSpacing([step] * 3)
    grid.SetOrigin((corners.min(axis=0) - margin).tolist())
    still = sitk.Transform(3, sitk.sitkIdentity)
    ours, theirs = (
        sitk.GetArrayFromImage(sitk.Resample(image, grid, how, sitk.sitkLinear, 0.0))
        for image, how in ((fixed, still), (moving, transform))
    )
    wanted = sitk.GetArrayFromImage(sitk.Resample(around, grid, still, sitk.sitkNearestNeighbor))
    side = 2 * half + 1
    shifts, places = [], []
    for place in np.argwhere(wanted):
        if (place % 4).any():
            continue
        low = place - half
        if (low < reach).any() or (low + side + reach > wanted.shape).any():
            continue
        z, y, x = low
        block = ours[z : z + side, y : y + side, x : x + side].astype(float)
        block = block - block.mean()
        there = theirs[
            z - reach : z + side + reach, y - reach : y + side + reach, x - reach : x + side + reach
        ].astype(float)
        windows = np.lib.stride_tricks.sliding_window_view(there, block.shape)
        product = np.einsum("abcijk,ijk->abc", windows, block)
        variance = windows.var(axis=(3, 4, 5)) * block.size
        squared = product**2 / np.maximum(variance * (block**2).sum(), 1e-9)
        best = np.array(np.unravel_index(np.argmax(squared), squared.shape)) - reach
        shifts.append(best * step)
        places.append(place)
    shifts, places = np.array(shifts), np.array(places)
    near = np.abs(places[:, None] - places[None]).sum(axis=2) <= 4
    smooth = np.array([np.median(shifts[row], axis=0) for row in near])
    return float(np.linalg.norm(smooth, axis=1).mean())

"""The methods that registration.py sets beside this project's: SimpleITK's own recipe, and elastix."""

import numpy as np
import SimpleITK as sitk


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

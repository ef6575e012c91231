"""Voxels and where they are: volumes and masks on their grids, contours in planes and as masks, rigid transforms, slices
to look at. Comes in: NIfTI and what SimpleITK reads. Goes out: images and masks in millimetres.
"""

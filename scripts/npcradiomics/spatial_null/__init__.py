"""Texture, or only size and shape? Regions like the recurrence drawn elsewhere in the same tumour, random textures in the
true regions, all their features, and the exact tests of a cohort against them. Comes in: volume and
masks of a patient, then all patients' draws. Goes out: p and verdict of each feature, negative
controls.
"""

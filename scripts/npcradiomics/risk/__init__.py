"""A map of where it will come back, scored honestly. Comes in: a tumour on the planning MRI, and what
the spatial null has drawn in it. Goes out: places of the tumour with their features, the model of
the cohort, left-out maps and their scores against what is simpler.
"""

"""What the conclusion depends on: every path through the choices that a paper leaves open, measured.

Comes in: images, masks, and the motions of the spatial null. Goes out: the features of every
universe per patient; effects, tests of the whole curve and a word per feature for the cohort.
"""

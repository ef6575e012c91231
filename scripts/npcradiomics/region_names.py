"""The regions of a patient, named here: what is derived, measured and exported loops over them.

A further region needs its name in REGIONS and its mask in ``regions/recurrence.py``. It is measured
and stands in ``cohort/features.tsv``; what is compared, and drawn in figures, is PAIR.
"""

PAIR = ("recurrent", "non_recurrent")  # the difference is the first minus the second
REGIONS = PAIR

"""Sentences that must stand on whatever is made from a cohort that calls for them."""

import math

SIMULATED_NOTE = "Simulated patients: no clinical data"


def small_cohort_warning(n, threshold):
    """One sentence if n pairs of one sign give the exact Wilcoxon test no p below threshold, else ""."""
    needed = math.floor(1 - math.log2(threshold)) + 1
    if n >= needed:
        return ""
    return (
        f"{n} patients: the Wilcoxon test cannot go below p = {2.0 ** (1 - n):.2g}, "
        f"the threshold is {threshold:.3g}; it needs {needed} patients; here only a t-test can be significant"
    )

"""Patients that never were, with planted truth.

A head at two examinations with a tumour that comes back, and tumours of the response cohort. Comes
in: a seed and sizes. Goes out: images, masks, dose and the truth.
"""

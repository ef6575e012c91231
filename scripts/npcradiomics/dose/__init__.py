"""Which dose the recurrence got, where it lies in the dose, and what class and type of failure that makes it.

Comes in: masks on the planning grid, dose in gray or the 95 % isodose, prescriptions, motions as
large as the registration's error. Goes out: figures with their intervals, class and type.
"""

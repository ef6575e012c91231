"""The recurrence MRI, and further sequences, onto the planning MRI: the rigid registration, its checks, and the
verdict that decides whether anything may be computed from it. Comes in: two images and contours. Goes out: a transform with
figures of its quality.
"""

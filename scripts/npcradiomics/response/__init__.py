"""The second study: a score of the image before treatment, and whether it tells who responds.

Preparation, LASSO and its cross-validation, the logistic model and its score, discrimination,
calibration, honest validation, clinical columns. Comes in: tables of features and labels. Goes out:
a model and what it is worth.
"""

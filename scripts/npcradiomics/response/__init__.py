"""The second study: preparation, LASSO and its cross-validation, the logistic model and its score, discrimination,
calibration, honest validation, clinical columns. Comes in: tables of features and labels. Goes out:
a model and what it is worth.
"""

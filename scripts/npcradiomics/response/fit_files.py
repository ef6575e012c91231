"""What a fit went through, as tables: its cross-validation, its paths."""

import numpy as np
import pandas as pd

from npcradiomics.response.radscore import Fit


def cross_validation_table(fit: Fit) -> pd.DataFrame:
    """Tabulate the cross-validation: a row per penalty.

    lambda, cvm, cvsd, n_features (kept by the model of all training patients), mark ("min", "1se",
    "min, 1se" or ""), used.
    """
    validated = fit.cross_validation
    marks = [
        ", ".join(
            name
            for name, value in (("min", validated.lambda_min), ("1se", validated.lambda_1se))
            if penalty == value
        )
        for penalty in fit.path.lambdas
    ]
    columns = {"lambda": fit.path.lambdas, "cvm": validated.cvm, "cvsd": validated.cvsd}
    columns |= {"n_features": (fit.path.coefficients != 0).sum(axis=1), "mark": marks}
    return pd.DataFrame(columns | {"used": fit.path.lambdas == fit.chosen_lambda})


def paths_table(fit: Fit) -> pd.DataFrame:
    """Tabulate the paths: feature, lambda, coefficient, selected (kept by the model).

    Of every feature that enters the path anywhere.
    """
    entered = np.flatnonzero((fit.path.coefficients != 0).any(axis=0))
    tables = [
        pd.DataFrame(
            {
                "feature": fit.preparation.features[j],
                "lambda": fit.path.lambdas,
                "coefficient": fit.path.coefficients[:, j],
                "selected": fit.preparation.features[j] in fit.selected,
            }
        )
        for j in entered
    ]
    empty = pd.DataFrame(columns=["feature", "lambda", "coefficient", "selected"])
    return pd.concat(tables, ignore_index=True) if tables else empty

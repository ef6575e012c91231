"""The frozen model of a cohort: what makes a map for a new patient, and each patient's own left-out map."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from npcradiomics.files import read_arrays, replacing
from npcradiomics.refusal import Refusal
from npcradiomics.risk.distance import TrainingDistance
from npcradiomics.risk.places import Places
from npcradiomics.risk.regression import Fit, make_bases
from npcradiomics.risk.scores import ranked

WHOLE_COHORT = ""  # in place of a patient's name: the model that was fitted on all of them
DEPTH = "depth"


@dataclass(frozen=True, eq=False)
class RiskModel:
    """What `fit_cohort` learns; m models (the whole cohort's, then one without each patient), q columns.

    columns (q): names, the features and depth; patients (m): who was left out, WHOLE_COHORT for the
    first; seed: of the random features; linear float64 (m, q), random float64 (m, widths,
    N_RANDOM): coefficients per basis, zero in the bases that were not chosen; basis, penalty (m):
    what was chosen, by name and value; better: the map was better than depth alone in its cohort;
    verdict: the sentence that says so; made_with: settings that a new patient's places must share,
    as JSON; training: what is usual among the places it was fitted on, for `distance_record`. What
    `fit_cohort` returns has neither of these two yet, the file must have them.
    """

    columns: np.ndarray
    patients: np.ndarray
    seed: int
    linear: np.ndarray
    random: np.ndarray
    basis: np.ndarray
    penalty: np.ndarray
    better: bool
    verdict: str
    made_with: str = "{}"
    training: TrainingDistance | None = None

    def who(self, patient: str) -> str:
        """Whose left-out model makes a patient's map: his own, or WHOLE_COHORT if he was in none."""
        return patient if patient in self.patients else WHOLE_COHORT

    def places_risk(self, columns: np.ndarray, patient: str = WHOLE_COHORT) -> np.ndarray:
        """Predicted share of recurrence in places, standardised within the patient.

        Parameters
        ----------
        columns : (n, q) array
            Of one patient's places, as `columns_of` gives them.
        patient : str
            Whose left-out model; WHOLE_COHORT for a new patient.

        Returns
        -------
        (n,) array
        """
        (k,) = np.flatnonzero(self.patients == patient)
        one = [self.linear[k][:, None], *(part[:, None] for part in self.random[k])]
        nothing = np.zeros(1, int)
        bases = make_bases(len(self.columns), self.seed).transform(columns)
        return Fit(one, nothing, nothing).predict(bases)[:, 0]

    def map_of(self, places: Places, patient: str = WHOLE_COHORT) -> np.ndarray:
        """The map of a tumour's voxels in 0-1 (n voxels of the GTV, in their order).

        places: with the features that the model has. patient: as of `places_risk`.
        """
        columns = columns_of(places, self.columns)
        return ranked(places.at_voxels(self.places_risk(columns, patient)))

    def require_settings(self, settings: Mapping[str, object], where: str) -> None:
        """Refuse a model whose places were made otherwise.

        Parameters
        ----------
        settings
            Of the study that wants a map, JSON-ready.
        where
            The model's file, for the words.

        Raises
        ------
        ValueError
            Naming every setting that differs.
        """
        made = json.loads(self.made_with)
        differ = [
            f"{name} {made.get(name, 'not known')} (here {value})"
            for name, value in settings.items()
            if made.get(name) != value
        ]
        if differ:
            raise Refusal(
                f"{where}: the model was made with {', '.join(differ)}",
                "take the settings it was made with, or make a model with these (heterogeneity_risk_map)",
            )


def columns_of(places: Places, names: Sequence[str]) -> np.ndarray:
    """Columns (n places, q) of a patient's places by name: features adjusted for size, position.

    Raises ValueError for a name that the places do not have.
    """
    known = [*places.feature_names, *places.position_names]
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"{places.patient}: the places have no {', '.join(missing)}")
    values = np.column_stack([places.adjusted, places.position])
    return values[:, [known.index(name) for name in names]]


TRAINING = "training_"  # before the names of a TrainingDistance's arrays in the file
NAMES = [field.name for field in fields(RiskModel) if field.name != "training"]
TRAINING_NAMES = [field.name for field in fields(TrainingDistance)]


def write(model: RiskModel, path: str) -> None:
    """Write a model with its training whole; equal models are equal bytes."""
    with replacing(path) as temporary:
        content = asdict(model)
        known = content.pop("training")
        content |= {f"{TRAINING}{name}": value for name, value in known.items()}
        np.savez_compressed(temporary, allow_pickle=False, **content)


def read(path: str) -> RiskModel:
    """Read what `write` wrote. ValueError with the file: missing, not such a file, keys missing."""
    names = [*NAMES, *(f"{TRAINING}{name}" for name in TRAINING_NAMES)]
    todo = "fit it again (rule fit_risk_map), or give risk_map: model a file that is whole"
    found = read_arrays(path, names, "a risk model", todo)
    known = {name: found[f"{TRAINING}{name}"] for name in TRAINING_NAMES}
    return RiskModel(**{name: found[name] for name in NAMES}, training=TrainingDistance(**known))

"""How the simulated response cohort's table was made: 142 patients with the counts of Liu 2025 and
clinical values after its Tables 1-2.
"""

import numpy as np

from npcradiomics.response.liu2025 import TABLES

AGE_LIMITS = (20, 85)
SHARE_B = 1 / 3  # of the patients, at centre B
MISSING = {"prothrombin_time": 0.04, "afp": 0.06}  # share of patients without the value


def simulate_rows(seed: int) -> list[dict]:
    """Rows of config/response/patients.tsv (seed 2025), NPC001-NPC142 in random order of groups.

    Clinical values are drawn from a normal or, where that would often be negative, a log-normal
    distribution with the printed mean and SD; sexes have the printed counts.
    """
    rng = np.random.default_rng(seed)
    groups = [(name, response) for name, table in TABLES.items() for response in table.groups]
    drawn = []
    for split, response in groups:
        table = TABLES[split]
        n = table.groups[response]
        columns = {
            name: _values(rng, name, row[response], n) for name, row in table.numbers.items()
        }
        men = table.men[response]
        columns["sex"] = list(rng.permutation(["male"] * men + ["female"] * (n - men)))
        labels = ["CR", "PR"] if response == "effective" else ["SD", "PD"]
        columns["response"] = list(
            rng.choice(labels, n, p=[0.3, 0.7] if response == "effective" else [0.7, 0.3])
        )
        drawn += [
            {"split": split} | {key: column[k] for key, column in columns.items()} for k in range(n)
        ]
    rows = []
    # Of its own, so that clinical values stay what they were before there were centres.
    further = np.random.default_rng([seed, 1])
    for number, k in enumerate(rng.permutation(len(drawn)), start=1):
        name = f"NPC{number:03d}"
        base = f"<results>/simulated/{name}"
        files = {"image": f"{base}/image.nii.gz", "mask": f"{base}/mask.nii.gz"}
        one = drawn[k]
        centre = "B" if further.random() < SHARE_B else "A"
        clinical = {
            key: "" if further.random() < MISSING.get(key, 0.0) else one[key]
            for key in ("sex", *TABLES["train"].numbers)
        }
        rows.append(
            {"patient": name}
            | files
            | {"response": str(one["response"]), "split": one["split"], "centre": centre}
            | clinical
        )
    return rows


def _values(rng, column, mean_sd, n):
    mean, sd = mean_sd
    if column == "age":
        values = []
        while len(values) < n:  # the paper's selection criterion
            values += [
                value
                for value in rng.normal(mean, sd, n)
                if AGE_LIMITS[0] <= value <= AGE_LIMITS[1]
            ]
        return [f"{value:.0f}" for value in values[:n]]
    if mean < 3 * sd:
        spread = np.sqrt(np.log1p((sd / mean) ** 2))
        values = rng.lognormal(np.log(mean) - spread**2 / 2, spread, n)
    else:
        values = rng.normal(mean, sd, n)
    return [f"{value:.2f}" for value in values]

"""The pages of a small simulated patient, and a cohort whose features are known."""

import pandas as pd

from npcradiomics.cohort.standing import Standing
from npcradiomics.features.definitions import FEATURES
from npcradiomics.publication.pages.patient import neighbours, patient_content, registration_part
from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.template import render
from registration_example import example, quality
from repository import ROOT

REPORT = ROOT / "workflow/report"
IN = Standing("in", "")


def cohort(**differences):
    """Features of P1, P2, ... whose differences are 1, 2, ..., and for the features named as given."""
    n = len(next(iter(differences.values()), range(5)))
    rows = []
    for region, share in (("recurrent", 1.0), ("non_recurrent", 0.0)):
        for i in range(n):
            values = {name: differences.get(name, range(1, n + 1))[i] for name in FEATURES}
            rows.append(
                {"patient": f"P{i + 1}", "region": region}
                | {name: 10.0 + share * value for name, value in values.items()}
            )
    return pd.DataFrame(rows)


def page(patient="P1", stands=IN, **parts):
    """The page of the registration and that of the patient; parts of patient.html that are not given are empty."""
    content = page_content(example().pair, example().quality | {"patient": patient}, IN, True)
    whole = render(REPORT / "registration_page.html", **content)
    nothing = dict.fromkeys(("regions", "dose", "features", "draws", "risk"))
    order = pd.DataFrame({"patient": ["P0", patient, "P&2"], "doubt_rank": [1, 2, 3]})
    given = nothing | {
        "registration": registration_part(whole),
        "neighbours": neighbours(order, list(order["patient"]), patient),
        "pictures": dict.fromkeys(("s1", "s2", "s3")),
        "cohort_size": 5,
        "with_ranks": False,
        "simulated": True,
        "departures": "",
    }
    return whole, render(
        REPORT / "patient.html",
        **patient_content(patient, quality(patient), stands, **given | parts),
    )

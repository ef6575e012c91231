"""Write docs/definitions.md: the toolbox's and pyradiomics' definitions on real MRI (../shared/data/brain1).

python benchmarks/definitions.py
"""

import sys
from pathlib import Path

import pandas as pd
import SimpleITK as sitk

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.features.agreement import compare_definitions  # noqa: E402
from npcradiomics.features.extraction import extract  # noqa: E402
from npcradiomics.features.pyradiomics import pyradiomics_features  # noqa: E402
from npcradiomics.images.volumes import read_image, read_mask  # noqa: E402
from npcradiomics.publication.tables.definitions import agreement_page  # noqa: E402
from npcradiomics.publication.tables.formats import write_markdown  # noqa: E402

BRAIN = ROOT.parent / "shared" / "data" / "brain1"


def main():
    image = read_image(BRAIN / "brain1_image.nrrd")
    volume = sitk.GetArrayFromImage(image)
    tumour = sitk.GetArrayFromImage(read_mask(BRAIN / "brain1_label.nrrd", image)) > 0
    upper = tumour.copy()
    upper[: int(tumour.any(axis=(1, 2)).argmax()) + 3] = False
    settings, ours, theirs = ROOT / "config/heterogeneity/pyradiomics.yaml", [], []
    for name, mask in (("whole", tumour), ("upper", upper), ("lower", tumour & ~upper)):
        result, key = extract(volume, mask), {"patient": "brain1", "region": name}
        ours.append(key | result.features)
        theirs.append(key | pyradiomics_features(result.levels, settings))
    table = compare_definitions(pd.DataFrame(ours), pd.DataFrame(theirs))
    whose = "real MRI (brain1 of pyradiomics: the tumour, its upper and its lower part), 256 Lloyd-Max levels"
    write_markdown(ROOT / "docs" / "definitions.md", agreement_page(table, whose))


if __name__ == "__main__":
    main()

"""The picture of the README: a registered pair with its regions (appendix S2), and four features of Figure 4.

    python docs/pictures/overview.py [results/demo/heterogeneity]

Reads what a run of the simulated cohort has made (`make demo`), and writes overview.png beside this
file.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from npcradiomics.publication.figures.boxes import plot_boxes
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.notices import simulated_note

HERE = Path(__file__).resolve().parent
PATIENT = "REC001"
SHOWN = ("Intensity_Variance", "GLCM_Entropy", "GLRLM_GLN", "GLSZM_LZE")  # of different families
WIDTH = 1200  # pixels
SHADES = 32  # per channel: half the bytes of 256, and greys stay grey


def main(results="results/demo/heterogeneity"):
    """Write overview.png from the results of the simulated cohort."""
    table = pd.read_csv(Path(results) / "figures/fig4.tsv", sep="\t")
    pair = Image.open(Path(results) / f"patients/{PATIENT}/figures/fig_s2.png")
    with tempfile.TemporaryDirectory() as folder:
        boxes = Path(folder) / "boxes.png"
        save(plot_boxes(table[table["feature"].isin(SHOWN)], "", simulated_note(True)), boxes)
        pictures = [
            picture.convert("RGB").resize((WIDTH, round(picture.height * WIDTH / picture.width)))
            for picture in (pair, Image.open(boxes))
        ]
    whole = Image.new("RGB", (WIDTH, sum(picture.height for picture in pictures)))
    whole.paste(pictures[0], (0, 0))
    whole.paste(pictures[1], (0, pictures[0].height))
    step = 255 / (SHADES - 1)
    shades = [round(round(value / step) * step) for value in range(256)]
    whole.point(shades * 3).save(HERE / "overview.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

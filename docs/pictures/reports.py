"""The screens of the README: the first screen of both reports, and of a patient's page where it was made.

    python docs/pictures/reports.py [results/demo]

Reads what `make demo` has made, and writes PNGs beside this file; needs chromium and chromedriver.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from browser import Browser

HERE = Path(__file__).resolve().parent
SCREENS = {
    "report_heterogeneity": ("heterogeneity/report.html", 1180, 800),
    "report_response": ("response/report.html", 1180, 800),
    "report_phone": ("heterogeneity/report.html", 375, 812),
    "patient": ("heterogeneity/patients/REC001/patient.html", 1180, 800),
}
COLOURS = 192  # of so many the light and the contours keep their colours, by octree


def main(results="results/demo"):
    """Write the screens."""
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        for name, (page, width, height) in SCREENS.items():
            if not (Path(results) / page).is_file():
                print(f"{page} was not made")
                continue
            browser.open(Path(results) / page, width, height)
            path = HERE / f"{name}.png"
            browser.screenshot(path)
            with Image.open(path) as picture:
                small = picture.convert("RGB").resize(
                    (picture.width * 3 // 4, picture.height * 3 // 4)
                )
            small.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The calculator in a real browser: its number by hand, its interval, its warning, nothing for an empty field."""

import re
import shutil

import numpy as np
import pytest

from browser import Browser
from npcradiomics.publication.pages.calculator import calculator_content
from npcradiomics.publication.pages.template import render
from repository import ROOT

# Linear predictor = -3 + 0.05 age - 1.5 male + 2 rad-score.
MODEL = {
    "patients": 83,
    "effective": 31,
    "intercept": -3.0,
    "columns": {
        "age": {"coefficient": 0.05, "min": 30.0, "max": 80.0, "median": 55.0},
        "sex: male": {"coefficient": -1.5, "min": 0.0, "max": 1.0, "median": 1.0},
        "rad_score": {"coefficient": 2.0, "min": -2.0, "max": 3.0, "median": 0.0},
    },
    "covariance": np.diag([0.2, 0.0001, 0.3, 0.04]).tolist(),
}
FILL = """
for (const [id, value] of Object.entries(%s)) {
  const field = document.getElementById(id); field.value = value;
  field.dispatchEvent(new Event("input", {bubbles: true}));
}
return ["probability", "words", "warning"].map((id) => document.getElementById(id).textContent);
"""


def page(simulated=False):
    words = {"sex": ["female", "male", "unsaid"]}  # nobody of training is "unsaid"
    content = calculator_content(MODEL, {"age": "Age <years>"}, words, "Slope < 1", simulated)
    return render(ROOT / "workflow/report/calculator.html", **content)


def test_the_page_needs_nothing_from_elsewhere_and_says_simulated():
    text = page(True)
    assert "Simulated patients: no clinical data" in text
    assert "Age &lt;years&gt;" in text and "<b>Slope &lt; 1.</b>" in text
    # What the model takes for its reference has a name, which is not "none of these".
    assert '<option value="-">female or unsaid</option>' in text
    assert not re.search(r"""(src|href)=["']|https?://|@import|fetch[(]|XMLHttp""", text)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver, which are not on this machine")
    folder = tmp_path_factory.mktemp("calculator")
    (folder / "calculator.html").write_text(page(), encoding="utf-8")
    with Browser(folder / "profile") as browser:
        browser.open(folder / "calculator.html", 1000)
        yield browser


def test_a_patient_by_hand(browser):
    values = '{"age": "60", "sex": "-", "rad_score": "0,5"}'
    probability, words, warning = browser.run(FILL % values)
    # -3 + 3 + 1 = 1; variance 0.2 + 60^2 x 0.0001 + 0.5^2 x 0.04 = 0.57.
    expit = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    reach = 1.959964 * np.sqrt(0.57)
    assert probability == f"{expit(1):.3f}" == "0.731"
    low, high = f"{expit(1 - reach):.3f}", f"{expit(1 + reach):.3f}"
    assert words == f"95 % interval {low} to {high}; linear predictor 1.0000"
    assert warning == ""


def test_a_value_outside_training_is_warned_of_and_an_empty_one_gives_no_number(browser):
    values = '{"age": "81", "sex": "male", "rad_score": "0.5"}'
    probability, _, warning = browser.run(FILL % values)
    # -3 + 4.05 - 1.5 + 1 = 0.55.
    assert probability == f"{1 / (1 + np.exp(-0.55)):.3f}"
    assert warning.startswith("Outside the range of the training patients: age.")
    probability, words, warning = browser.run(FILL % '{"age": "", "sex": ""}')
    assert (probability, warning) == ("–", "")
    assert words == "No number yet: age, sex: male."
    _, words, _ = browser.run(FILL % '{"age": "old", "sex": "male"}')
    assert words == "No number yet: age."

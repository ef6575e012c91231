"""The pins of pyproject.toml and of envs/ are the same."""

import re
import tomllib

from repository import ROOT

FROM_PYPI = {"pyradiomics-bhklab", "itk-core", "itk-numerics", "rocrate"}
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def test_conda_environment_has_the_pins_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(
        re.match(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line).groups()
        for line in project["dependencies"]
    )
    conda = dict(
        re.findall(
            r"^  - ([\w-]+)=([\w.]+)$",
            (ROOT / "envs/npcradiomics.yaml").read_text(encoding="utf-8"),
            re.M,
        )
    )
    post_deploy = (ROOT / "envs/npcradiomics.post-deploy.sh").read_text(encoding="utf-8")
    for name, version in pins.items():
        if name in FROM_PYPI:
            assert f"{name}=={version}" in post_deploy
        elif not name.startswith("snakemake"):  # runs outside the jobs' environments
            assert conda[CONDA_NAMES.get(name, name)] == version, name
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()
    assert int(low) <= int(conda["python"].split(".")[1]) < int(high)

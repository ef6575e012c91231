"""What stands in two places is the same: pins in pyproject.toml and envs/, commands of lint in Makefile and pre-commit."""

import re
import tomllib

import yaml

from repository import ROOT

FROM_PYPI = {"pyradiomics", "itk-core", "itk-numerics"}
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
    assert f"python={project['requires-python'].removeprefix('==').removesuffix('.*')}" in (
        ROOT / "envs/npcradiomics.yaml"
    ).read_text(encoding="utf-8")


def test_conda_environment_builds_with_the_tools_of_the_lock():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    conda = (ROOT / "envs/npcradiomics.yaml").read_text(encoding="utf-8")
    for tool in ("setuptools", "wheel"):
        version = re.search(rf'"{tool}==([\w.]+)"', text).group(1)
        assert f"- {tool}={version}\n" in conda


def test_pre_commit_and_ci_run_what_make_lint_runs():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = re.search(r"^lint: setup\n((?:\t.*\n)+)", makefile, re.M).group(1)
    commands = [line.strip() for line in lint.splitlines()]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = hooks["repos"]
    assert [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]] == commands
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").endswith("make lint\nmake test\n")

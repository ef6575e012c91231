"""What stands in two places is the same: pins, commands of lint, what a new machine needs."""

import re
import tomllib

import yaml

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


def test_pre_commit_and_ci_run_what_make_lint_runs():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = re.search(r"^lint: setup\n((?:\t.*\n)+)", makefile, re.M).group(1)
    commands = [line.strip() for line in lint.splitlines()]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = hooks["repos"]
    assert [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]] == commands
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").endswith("make lint\nmake test\n")


def test_a_container_and_a_new_machine_have_what_the_readme_names():
    readme, container, machine = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("README.md", "Containerfile", "tests/fresh_machine.sh")
    )
    (named,) = re.findall(r"^    apt-get install (.+)$", readme, re.M)
    assert re.findall(r"^RUN (.+)$", container, re.M) == [
        "apt-get update",
        f"apt-get install -y --no-install-recommends {named}",
        "make setup",
    ]
    assert "sed -n 's/^RUN //p' \"$repository/Containerfile\"" in machine

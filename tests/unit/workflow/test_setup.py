"""envs/setup.sh: which Python it takes, and that an environment knows its place. With stand-ins for Python and uv."""

import os
import subprocess
import sys

import pytest

from repository import ROOT

UV = """#!/bin/sh
echo "$UV_PYTHON_DOWNLOADS $*" >> uv.calls
mkdir -p .venv/bin; cp fits .venv/bin/python
"""
VENV = """case "$*" in *"-m venv"*)
mkdir -p .bootstrap/bin; cp uv .bootstrap/bin; cp fits .bootstrap/bin/python; exit;;
esac
"""
SHIM = '#!/bin/sh\necho "pyenv: command not found" >&2; exit 127\n'
OLD = f'#!/bin/sh\n{VENV}case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac\n'
FITS = f'#!/bin/sh\n{VENV}echo "$0"\n'


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "My Study (2), grün"
    (folder / "envs").mkdir(parents=True)
    (folder / "envs" / "setup.sh").write_bytes((ROOT / "envs" / "setup.sh").read_bytes())
    command(folder / "envs" / "viewer.sh", "#!/bin/sh\n")
    command(folder / "uv", UV)
    command(folder / "fits", FITS)
    return folder


def command(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def set_up(clone, python="", **commands):
    """Run setup.sh where python3.x are these commands; returns the finished process and the calls of uv."""
    for name in ("python3.13", "python3.12", "python3.11", "python3.14", "python3"):
        command(clone / "bin" / name, commands.get(name.replace(".", "_"), SHIM))
    (clone / "uv.calls").unlink(missing_ok=True)
    run = subprocess.run(
        ["sh", str(clone / "envs" / "setup.sh")],
        env={"PATH": f"{clone}/bin:/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        encoding="utf-8",
    )
    calls = clone / "uv.calls"
    return run, calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []


def synchronised(calls):
    (call,) = (call for call in calls if " sync " in call)
    return call.split()[0], call.split("--python ")[1]


def test_the_first_python_that_runs_and_is_in_range(clone):
    run, calls = set_up(clone, python3_12=OLD, python3_11=FITS, python3=FITS)
    assert run.returncode == 0, run.stderr
    assert synchronised(calls) == ("never", f"{clone}/bin/python3.11")
    assert (clone / ".venv/.complete").read_text(encoding="utf-8") == f"{clone.resolve()}\n"


def test_where_none_fits_uv_brings_one_and_it_is_said(clone):
    run, calls = set_up(clone, python3=OLD)
    assert run.returncode == 0, run.stderr
    assert synchronised(calls) == ("automatic", "3.13")
    assert "No Python 3.11 to 3.14 here: uv brings 3.13" in run.stdout


def test_a_python_that_was_asked_for_and_does_not_fit_is_refused(clone):
    command(clone / "my python", OLD)
    run, calls = set_up(clone, python=str(clone / "my python"), python3_13=FITS)
    assert run.returncode == 1
    assert "Python 3.11 to 3.14 is needed" in run.stderr
    assert run.stderr.strip().endswith("my python is Python 3.9.2")
    assert not calls


def test_a_moved_clone_is_set_up_anew_and_one_that_stayed_keeps_its_python(clone):
    set_up(clone, python3_11=FITS)
    (clone / ".venv" / "old").touch()
    _, calls = set_up(clone, python3_13=FITS)
    assert synchronised(calls) == ("never", ".venv/bin/python")  # what .venv has, not python3.13
    assert (clone / ".venv" / "old").exists()
    moved = clone.rename(clone.with_name("moved"))
    _, calls = set_up(moved, python3_13=FITS)
    assert synchronised(calls) == ("never", f"{moved}/bin/python3.13")
    assert not (moved / ".venv" / "old").exists()


def test_make_runs_the_set_up_where_the_stamp_is_of_another_place(clone):
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    (clone / ".venv").mkdir()
    stamp = clone / ".venv" / ".complete"

    def planned():
        return subprocess.run(
            ["make", "-n", "setup"], cwd=clone, capture_output=True, encoding="utf-8"
        ).stdout

    stamp.write_text(f"{clone.resolve()}\n", encoding="utf-8")
    os.utime(clone / "uv.lock", (0, 0))
    os.utime(clone / "pyproject.toml", (0, 0))
    os.utime(clone / "envs" / "viewer.sh", (0, 0))
    assert "setup.sh" not in planned()
    stamp.write_text("/elsewhere\n", encoding="utf-8")
    assert "sh envs/setup.sh" in planned()


def test_this_python_is_one_that_setup_takes():
    assert (3, 11) <= sys.version_info[:2] < (3, 15)

"""Snakemake as a person starts it, in a process and a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path


def snakemake(folder, *arguments, cores=1, python=sys.executable, before=()):
    """The finished process, with its text in .stdout (both streams); `before` stands before the command."""
    return subprocess.run(
        [*before, str(python), "-m", "snakemake", "-c", str(cores), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | {"PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"},
    )

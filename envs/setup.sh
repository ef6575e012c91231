#!/bin/sh
# Make the environment in .venv of this clone: packages as uv.lock has them, and the kernels compiled.
#
# The Python is PYTHON where that is given; else the one .venv has; else the first of these names that runs (not every
# command of such a name does) and is in range; else one that uv brings. Packages and kernels are compiled here, once:
# a job starts in half the time. The stamp is written last, so that an interrupted set-up starts again, and knows its
# place: in a moved or copied clone the environment's commands point to the old one.
set -eu
UV_VERSION=0.13.9
cd "$(dirname "$0")/.."
place=$(pwd -P)

interpreter() { # the Python behind a command, with its whole path; fails where it does not run or is out of range
    "$1" -c 'import sys; (3, 11) <= sys.version_info[:2] < (3, 15) or sys.exit(1); print(sys._base_executable)' 2>/dev/null
}

if [ -e .venv ] && [ "$(cat .venv/.complete 2>/dev/null)" != "$place" ]; then
    rm -rf .venv .bootstrap
fi
python=
for name in ${PYTHON:+"$PYTHON"} .venv/bin/python python3.13 python3.12 python3.11 python3.14 python3; do
    if python=$(interpreter "$name"); then break; fi
    python=
    if [ "$name" = "${PYTHON:-}" ]; then
        echo "Python 3.11 to 3.14 is needed, PYTHON=$name is $("$name" --version 2>&1 || echo 'none that runs')" >&2
        exit 1
    fi
done
if [ ! -x .bootstrap/bin/uv ]; then
    "${python:-python3}" -m venv --clear .bootstrap || {
        echo "uv is installed by a Python with venv (Debian, Ubuntu: apt-get install python3-venv)" >&2
        exit 1
    }
    .bootstrap/bin/python -m pip install --quiet "uv==$UV_VERSION"
fi
export UV_PYTHON_INSTALL_DIR="$place/.bootstrap/python"
export UV_PYTHON_DOWNLOADS=never
if [ -z "$python" ]; then
    echo "No Python 3.11 to 3.14 here: uv brings 3.13 into .bootstrap/python"
    python=3.13
    UV_PYTHON_DOWNLOADS=automatic
fi
.bootstrap/bin/uv sync --quiet --locked --all-groups --compile-bytecode --python "$python"
PYTHONPATH=scripts .venv/bin/python -c "
from npcradiomics.features import subregions
from npcradiomics.spatial_null import own_shape
subregions.warm_cache()
own_shape.warm_cache()"
sh envs/viewer.sh .venv
echo "$place" > .venv/.complete

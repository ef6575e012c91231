import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from npcradiomics.kernels import find_box, list_voxels

PACKAGE = Path(__file__).parents[2] / "scripts/npcradiomics"


def test_box_and_voxels_of_a_mask():
    mask = np.zeros((5, 6, 7), bool)
    mask[1, 2, 3] = mask[3, 4, 1] = mask[3, 4, 5] = True
    box, n = find_box(mask)
    assert box.tolist() == [1, 4, 2, 5, 1, 6] and n == 3
    positions, cells = list_voxels(mask, box, n)
    assert np.array_equal(cells, np.flatnonzero(mask))
    # The grid is the box (3, 3, 5) with one voxel of margin on every side.
    expected = [np.ravel_multi_index((z, y, x), (5, 5, 7)) for z, y, x in [(1, 1, 3), (3, 3, 1), (3, 3, 5)]]
    assert positions.tolist() == expected


def test_kernels_compile_where_no_cache_folder_can_be_written(tmp_path):
    package = tmp_path / "npcradiomics"
    package.mkdir()
    for name in ("__init__.py", "kernels.py"):
        shutil.copy(PACKAGE / name, package)
    (package / "__pycache__").write_text(
        "a file, so that no folder can be made here (root may write anywhere)", encoding="utf-8"
    )
    code = "import numpy; from npcradiomics.kernels import find_box; print(find_box(numpy.ones((2, 2, 2), bool))[1])"
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": "/dev/null/cache",
        "HOME": "/dev/null",
        "XDG_CACHE_HOME": "/dev/null",
    }
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "8", result.stderr

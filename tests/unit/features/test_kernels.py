import os
import shutil
import subprocess
import sys

import numpy as np

from npcradiomics.features.kernels_region import find_box, list_voxels
from repository import ROOT

PACKAGE = ROOT / "scripts/npcradiomics"


def test_box_and_voxels_of_a_mask():
    mask = np.zeros((5, 6, 7), bool)
    mask[1, 2, 3] = mask[3, 4, 1] = mask[3, 4, 5] = True
    box, n = find_box(mask)
    assert box.tolist() == [1, 4, 2, 5, 1, 6] and n == 3
    positions, cells = list_voxels(mask, box, n)
    assert np.array_equal(cells, np.flatnonzero(mask))
    # The grid is the box (3, 3, 5) with one voxel of margin on every side.
    expected = [
        np.ravel_multi_index((z, y, x), (5, 5, 7)) for z, y, x in [(1, 1, 3), (3, 3, 1), (3, 3, 5)]
    ]
    assert positions.tolist() == expected


def test_kernels_compile_where_no_cache_folder_can_be_written(tmp_path):
    shutil.copytree(
        PACKAGE, tmp_path / "npcradiomics", ignore=shutil.ignore_patterns("__pycache__")
    )
    for folder in ("", "features"):
        (tmp_path / "npcradiomics" / folder / "__pycache__").write_text(
            "a file, so that no folder can be made here"
        )
    code = "import numpy; from npcradiomics.features.kernels_region import find_box; print(find_box(numpy.ones((2, 2, 2), bool))[1])"
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": "/dev/null/cache",
        "HOME": "/dev/null",
        "XDG_CACHE_HOME": "/dev/null",
    }
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.stdout.strip() == "8", result.stderr

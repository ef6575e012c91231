"""Files of an earlier run that no longer hold: found by what they were made from, set aside for nobody to read by mistake."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from npcradiomics.jobs.provenance import sha256

ASIDE = "out_of_date"  # folder below a study's results
# What people open or hand on. Images and features of a patient stay: only jobs read them, and where
# the change is taken back they hold again.
FOR_READERS = re.compile(
    r"(tables|figures|cohort)/[^/]+|provenance\.json|crate\.zip"
    r"|methods\.(md|tsv)|references\.bib|report\.(docx|html)"
    r"|patients/[^/]+/(export|patient\.html|figures/[^/]+)"
    r"|patients/[^/]+/(sequences/[^/]+/)?registration/(report\.html|qc\.png|thumbnail\.webp)"
)
OF_PATIENT = re.compile(r"patients/([^/]+)/(?:sequences/([^/]+)/)?([^/]+)/")


def find_outdated(
    results: str | Path,
    unmade: Collection[str],
    left_out: Collection[str],
    measured_in: Mapping[str, Collection[str]],
    made_from: Callable[[str], Iterable[str]],
    changed: Callable[[str], bool],
) -> list[str]:
    """Files for readers that no longer hold, as paths below the results.

    Parameters
    ----------
    results : path
        Folder of a study's results.
    unmade : collection of str
        Paths of files that the run had to make anew and did not.
    left_out : collection of str
        Patients who are rejected, excluded or failed: what was made from their regions, features or
        draws holds them still.
    measured_in : mapping
        {further sequence: patients who have it}: what was made from features or draws of another one
        holds it still. How a sequence lies to the planning MRI is true whoever uses it.
    made_from : callable
        Of a path: the paths it was made from, none where that is not known.
    changed : callable
        Of a path: is one of these another file now? A run may have made it anew for other targets.
    """
    unmade = set(unmade)

    def is_out(path):
        found = OF_PATIENT.match(path.removeprefix(f"{results}/"))
        if not found:
            return False
        patient, sequence, part = found.groups()
        if sequence:
            return part in ("features", "null") and patient not in measured_in.get(sequence, ())
        return part in ("regions", "features", "null") and patient in left_out

    known = {}

    def holds(path):
        if path not in known:
            known[path] = not (path in unmade or is_out(path) or changed(path))
            known[path] = known[path] and all(map(holds, made_from(path)))
        return known[path]

    return [name for name in _for_readers(results) if not holds(f"{results}/{name}")]


def changed_since(path: str | Path, inputs: Iterable[str], checksums: Mapping[str, str]) -> bool:
    """Is one of a file's inputs known to be another one than it was made from?

    Parameters
    ----------
    path : path
        The file.
    inputs : iterable of str
        Paths it was made from; one that is no longer there does not count.
    checksums : dict
        {input: "sha256:..."} when it was made. An input without one (large files) does not count: that
        it is newer says nothing, a copy or a touched one is, too.
    """
    if not Path(path).exists():
        return False
    made = os.path.getmtime(path)
    known = [name for name in inputs if name in checksums and Path(name).is_file()]
    newer = [name for name in known if os.path.getmtime(name) > made]
    return any(checksums[name] != f"sha256:{sha256(name)}" for name in newer)


def set_aside(results: str | Path, names: Iterable[str]) -> None:
    """Move files or folders, named below the results, into `out_of_date` there, in place of older ones."""
    for name in names:
        place = Path(results, ASIDE, name)
        _remove(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(Path(results, name), place)


def clear(results: str | Path) -> None:
    """Remove from `out_of_date` what has been made anew, and what it leaves empty."""
    aside = Path(results, ASIDE)
    for place in sorted(aside.rglob("*"), reverse=True):  # what is in a folder before the folder
        name = place.relative_to(aside)
        if FOR_READERS.fullmatch(name.as_posix()) and Path(results, name).exists():
            _remove(place)
        elif place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    if aside.is_dir() and not any(aside.iterdir()):
        aside.rmdir()


def sentence(results: str | Path, names: list[str]) -> str:
    """What the terminal says of files set aside."""
    kinds = Counter(name.split("/")[0] for name in names)
    what = ", ".join(
        f"{kind}/ ({n})" if Path(results, ASIDE, kind).is_dir() else kind
        for kind, n in kinds.items()
    )
    return f"made before and no longer true, moved to {results}/{ASIDE}: {what}"


def _for_readers(results):
    depths = ["*", "*/*", "patients/*/*", "patients/*/*/*", "patients/*/sequences/*/*/*"]
    found = [path for depth in depths for path in sorted(Path(results).glob(depth))]
    names = [path.relative_to(results).as_posix() for path in found]
    return [name for name in names if FOR_READERS.fullmatch(name)]


def _remove(place):
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)

"""Where results come from: software, settings, inputs and outputs with checksums; what no longer fits."""

import hashlib
import os
import platform
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(paths: dict[str, str | Path]) -> dict[str, str | None]:
    """{name: SHA-256, or None where there is no file} of {name: path}."""
    return {name: sha256(path) if os.path.isfile(path) else None for name, path in paths.items()}


def software() -> dict:
    """Versions of this code, its kernels and every package; the git commit, "" outside a clone."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    code = sorted((REPOSITORY / "scripts").rglob("*.py")) + sorted(
        (REPOSITORY / "workflow").rglob("*.smk")
    )
    return {
        "version": project["version"],
        "git_commit": _git("rev-parse", "HEAD"),
        "git_changed_files": _git("status", "--porcelain", "--untracked-files=no").splitlines(),
        "code_sha256": _together(code),
        "kernels_sha256": _together([path for path in code if path.name.startswith("kernels")]),
        "python": platform.python_version(),
        "packages": dict(sorted({d.name.lower(): d.version for d in distributions()}.items())),
    }


def _git(*arguments):
    try:
        done = subprocess.run(
            ["git", "-C", str(REPOSITORY), *arguments],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _together(paths):
    lines = "".join(f"{sha256(path)} {path.relative_to(REPOSITORY).as_posix()}\n" for path in paths)
    return hashlib.sha256(lines.encode()).hexdigest()


def host_class() -> dict:
    """What kind of machine this is, without its name or its user's."""
    return {"system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count()}


def without_folders(arguments: list[str]) -> list[str]:
    """A command line with paths cut to their last part: folders can hold names of people."""
    return [os.path.basename(a) if a.startswith(("/", "~")) else a for a in arguments]


def differences(
    then: dict, now: dict, where: tuple[str, str] = ("in the record", "now")
) -> list[str]:
    """Sentences, one per thing that is no longer what the record says.

    Parameters
    ----------
    then, now : dict
        Nested dicts of text, numbers and lists, as in provenance.json; None as value: the file is
        not there.
    where : tuple of str
        What to call the two.
    """
    return [
        f"{' '.join(place)}: {_words(old)} {where[0]}, {_words(new)} {where[1]}"
        for place, old, new in _unequal(then, now, ())
    ]


def unfit(
    then: dict, now: dict, files: dict[str, dict[str, str]], out: dict[str, str]
) -> list[str]:
    """What of a record no longer fits, a line per file or setting, without checksums.

    Parameters
    ----------
    then, now : dict
        settings, patients_table, inputs and outputs as in provenance.json.
    files : dict
        {patient: {column: path}} of now.
    out : dict
        {patient: reason} of who is in the table and does not enter now.
    """
    lines = [
        " ".join(["settings:", *place[1:]]) + f": {_words(old)} then, {_words(new)} now"
        for place, old, new in _unequal(then["settings"], now["settings"], ("settings",))
    ]
    lines += [f"patients table: {_fate(then['patients_table'], now['patients_table'])}"] * (
        then["patients_table"] != now["patients_table"]
    )
    for place, old, new in _unequal(then["inputs"], now["inputs"], ()):
        if len(place) == 1:
            gone = out.get(place[0], "no longer in the patients table")
            words = (
                "not among the results" if old is _ABSENT else f"in the results, out now: {gone}"
            )
            lines.append(f"patient {place[0]}: {words}")
        else:
            path = files[place[0]].get(place[1])
            where = f" {path}" if path else ""
            lines.append(f"patient {place[0]}: {place[1]}{where}: {_fate(old, new)}")
    outputs = _unequal(then["outputs"], now["outputs"], ())
    return lines + [f"{place[0]}: {_fate(old, new)}" for place, old, new in outputs]


def software_changes(then: dict, now: dict) -> list[str]:
    """Lines on code and packages that are no longer those of a record, of `software()`."""
    lines = []
    if then["code_sha256"] != now["code_sha256"]:
        commits = [(one["git_commit"] or "unknown")[:7] for one in (then, now)]
        lines.append("the code is another: commit {} then, {} now".format(*commits))
    packages = [
        f"{place[0]} {_words(old)} then, {_words(new)} now"
        for place, old, new in _unequal(
            {"python": then["python"]} | then["packages"],
            {"python": now["python"]} | now["packages"],
            (),
        )
    ]
    more = f"; and {len(packages) - 5} more" if len(packages) > 5 else ""
    return lines + [f"packages: {'; '.join(packages[:5])}{more}"] * bool(packages)


def _fate(then, now):
    """What became of a file, from its checksum in the record (_ABSENT: not in it, None: no file) and its present one."""
    if then is _ABSENT or then is None:
        return "came after the results"
    if now is _ABSENT:
        return "no longer given"
    return "is not there" if now is None else "has changed since"


def config_files(command: list[str]) -> list[str]:
    """Names, without folders, of the files that a command line of snakemake gives as `--configfile`."""
    files, inside = [], False
    for word in command:
        name, _, value = word.partition("=")
        if word.startswith("-"):
            inside = name in ("--configfile", "--configfiles")
            files += [value] * (inside and value != "")
        elif inside:
            files.append(word)
    return [os.path.basename(file) for file in files]


_ABSENT = object()


def _unequal(then, now, place):
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            yield from _unequal(then.get(key, _ABSENT), now.get(key, _ABSENT), (*place, str(key)))
    elif then != now:
        yield place, then, now


def _words(value):
    if value is _ABSENT:
        return "nothing"
    if value is None:
        return "no file"
    text = str(value)
    return f"{text[:12]}..." if len(text) == 64 and set(text) <= set("0123456789abcdef") else text

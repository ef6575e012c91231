"""Files that settings name: one's own, of the repository, or made by the run; one that is nowhere is refused."""

from pathlib import Path

from npcradiomics.cohort.configuration import complete_settings


def settings_with_files(settings, schema, where, repository):
    """The complete settings of a study, whose files are there, or in the repository, or may be made by the run.

    Raises ValueError as `complete_settings` and `require_named_files` do.
    """
    found = with_repository_files(complete_settings(settings, schema, where), repository)
    require_named_files(found, schema, where)
    return found


def with_repository_files(settings, repository):
    """The settings with files of the repository found there where the working directory has none.

    The defaults name tables and settings files as config/...; a run in another folder has no such
    folder, and means those.
    """
    if isinstance(settings, dict):
        return {key: with_repository_files(value, repository) for key, value in settings.items()}
    shipped = isinstance(settings, str) and settings.startswith("config/")
    if shipped and not Path(settings).exists() and (Path(repository) / settings).is_file():
        return str(Path(repository) / settings)
    return settings


def require_named_files(settings, schema, where):
    """Refuse settings that name a file (`format: file` in the schema) where there is none, a line each.

    Files below `results` are not asked for: a run may make them.
    """
    faults = [
        f"{where}: {place}: {path} does not exist; correct the path, or take the key out for the default"
        for place, path in _named_files(settings, schema)
        if path and not Path(path).is_file()
        if not Path(path).absolute().is_relative_to(Path(settings["results"]).absolute())
    ]
    if faults:
        raise ValueError("\n".join(faults))


def _named_files(settings, schema, place=""):
    for key, sub in schema.get("properties", {}).items():
        if sub.get("format") == "file":
            yield f"{place}{key}", settings[key]
        elif "properties" in sub:
            yield from _named_files(settings[key], sub, f"{place}{key}: ")

"""Which software made the results, in words."""

from npcradiomics.publication.methods.text import Paragraph, listed, paragraph

_CITED = {"numpy": "NumPy", "scipy": "SciPy", "statsmodels": "statsmodels"}
_LITERATURE = {"numpy": "harris2020", "scipy": "virtanen2020", "statsmodels": "seabold2010"}


def software_paragraph(versions: dict) -> Paragraph:
    """Versions of this code, of the workflow manager and of the numerical packages.

    versions: `software` of provenance.json.
    """
    packages = versions["packages"]
    commit = versions["git_commit"]
    changed = len(versions["git_changed_files"])
    state = f", commit {commit[:12]}" if commit else ", outside a clone"
    state += f" with {changed} changed file{'s' * (changed != 1)}" if changed else ""
    used = [f"{name} {packages[key]} [@{_LITERATURE[key]}]" for key, name in _CITED.items()]
    return paragraph(
        "Software",
        f"All steps ran in one Snakemake {packages['snakemake']} workflow [@molder2021],"
        f" npc-recurrence-radiomics {versions['version']}{state}, on Python {versions['python']} with"
        f" {listed(used)}.",
        "Settings, versions and checksums of all inputs and outputs are in provenance.json.",
    )


def pyradiomics_words(settings: dict) -> str:
    """Contents of pyradiomics' settings file in words: settings, then classes with their features.

    A class without a list has all its features.
    """
    used = [
        f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in settings.get("setting", {}).items()
    ]
    classes = [
        f"{name} ({len(features)} features)" if features else name
        for name, features in settings.get("featureClass", {}).items()
    ]
    images = list(settings.get("imageType", {}))
    return "; ".join(
        filter(
            None,
            [
                f"settings {', '.join(used)}" if used else "",
                f"classes {', '.join(classes)}" if classes else "all classes",
                f"images {', '.join(images)}" if images else "",
            ],
        )
    )

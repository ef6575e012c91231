"""The literature that methods cite: one BibTeX file of the repository, of which a study gets what it cites."""

import re
from collections.abc import Iterable

ENTRY = re.compile(r"^@\w+\{([\w-]+),\n.*?^\}$", re.M | re.S)
FIELD = re.compile(r"^  (\w+) = \{(.*)\},?$", re.M)
_NAMED = 6  # authors; of more the others are "et al."


def entries(library: str) -> dict[str, str]:
    """{key: entry} of a BibTeX file whose entries begin and end at the left margin.

    ValueError: a key twice.
    """
    found = [(match[1], match[0]) for match in ENTRY.finditer(library)]
    twice = [key for key, _ in found if [other for other, _ in found].count(key) > 1]
    if twice:
        raise ValueError(f"BibTeX: {twice[0]} stands twice")
    return dict(found)


def select(library: str, keys: Iterable[str]) -> str:
    """The BibTeX of these keys, in their order. ValueError: one is not in the library."""
    known = entries(library)
    missing = [key for key in keys if key not in known]
    if missing:
        raise ValueError(f"BibTeX: no entry {', '.join(missing)}")
    return "\n\n".join(known[key] for key in keys) + "\n"


def reference(entry: str) -> str:
    """An entry as a line of a list of references: authors, title, where, year, DOI."""
    field = {name: re.sub("[{}]", "", value) for name, value in FIELD.findall(entry)}
    names = [" ".join(name.split(", ")) for name in field["author"].split(" and ")]
    if len(names) > _NAMED or names[-1] == "others":
        names = [*names[:_NAMED], "et al."] if names[_NAMED:] else [*names[:-1], "et al."]
    where = field.get("journal") or field.get("booktitle") or field.get("publisher", "")
    where += f" {field['volume']}" if "volume" in field else ""
    where += f": {field['pages'].replace('--', '-')}" if "pages" in field else ""
    parts = [", ".join(names), field["title"], f"{where}, {field['year']}"]
    parts += [f"https://doi.org/{field['doi']}"] if "doi" in field else []
    return ". ".join(part.rstrip(".") for part in parts) + "."

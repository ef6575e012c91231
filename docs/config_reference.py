"""The tables of config/README.md, from the schemas: every key and column has its words there and nowhere else.

    python docs/config_reference.py

Writes between the marks `<!-- schema: NAME [KEY: KEY ...] -->` and `<!-- end -->`. A key that has
words and keys of its own has a table of its own.
"""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "config" / "README.md"
MARKED = re.compile(r"(<!-- schema: (\w+)((?: \w+)*) -->\n).*?(<!-- end -->)", re.S)


def page(text):
    """The page with every marked table written anew."""
    return MARKED.sub(lambda m: f"{m[1]}{table(m[2], m[3].split())}{m[4]}", text)


def table(name, keys):
    """The lines of a schema's table; those of a config have the default, too."""
    path = ROOT / "workflow" / "schemas" / f"{name}.schema.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key in keys:
        schema = schema["properties"][key]
    if name.endswith("_config"):
        rows = [("key", "default", "what"), ("---",) * 3, *rows_of(schema)]
    else:
        rows = [(key, what) for key, _, what in rows_of(schema)]
        rows = [("column", "what"), ("---",) * 2, *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def rows_of(schema, place=""):
    """(key, default, words) of every key below; KeyError for one without words."""
    rows = []
    for key, sub in schema["properties"].items():
        if "description" in sub or "properties" not in sub:
            what = sub["description"].replace("|", "\\|") + limits(sub)
            rows.append((f"`{place}{key}`", default(sub), what))
        else:
            rows += rows_of(sub, f"{place}{key}: ")
    return rows


def limits(sub):
    """The limits of a number in brackets; 0 below and 1 above, those of every length and share, go without saying."""
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    told = [
        f"{word} {sub[key]:g}"
        for key, word in words.items()
        if key in sub and sub[key] != (key == "maximum")
    ]
    return f" ({', '.join(told)})" if told else ""


def default(sub):
    """The default as the page shows it; "" where a key has none."""
    if "default" not in sub or "properties" in sub:
        return ""
    value = sub["default"]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"`{value}`" if value else '`""`'
    if isinstance(value, list):
        return "[" + ", ".join(default({"default": item}).strip("`") for item in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

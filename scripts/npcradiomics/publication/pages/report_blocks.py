"""What a study's report is built from: tables as they were printed, figures, each with its files and the rule that made it."""

import io
import re
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.files import read_json
from npcradiomics.publication.figures.stacked_pages import page_heights
from npcradiomics.publication.pages.embedded import data_uri, file_uri
from npcradiomics.publication.tables.formats import Table, read_markdown, set_left
from npcradiomics.tables import read_table

MOST_PIXELS = 1500  # a picture's width; a screen shows no more
WIDEST, HIGHEST = 900, 1100  # pixels of a figure's page on the screen
MOST_VECTOR = 400_000  # bytes; a figure of more lines is shown as a picture
WEBP = {"quality": 82, "method": 2}


class StudyFiles:
    """The finished files that a report may show, by their names below the study's results."""

    def __init__(self, results: str | Path, paths: Iterable[str | Path]):
        self.paths = {Path(path).relative_to(results).as_posix(): Path(path) for path in paths}

    def __contains__(self, name: str) -> bool:
        """Whether this run made the file."""
        return name in self.paths

    def frame(self, name: str, as_text: bool = False) -> "pandas.DataFrame":  # noqa: F821
        """A tidy table with all digits, or every cell as it is written."""
        return read_table(self.paths[name], as_text=as_text)

    def printed(self, name: str) -> Table:
        """A printed table, from its Markdown."""
        return read_markdown(self.paths[name])

    def json(self, name: str) -> dict | list:
        """A record."""
        return read_json(self.paths[name])

    def text(self, name: str) -> str:
        """A text file."""
        return self.paths[name].read_text(encoding="utf-8")


def section(name: str, title: str, *blocks: dict | None, lead: str = "", closed: bool = False):
    """One foldable part of the report; blocks that are None were not made in this run."""
    shown = [block for block in blocks if block]
    return {"id": name, "title": title, "lead": lead, "blocks": shown, "closed": closed}


def text(*paragraphs: str, title: str = "", rule: str = "", files: Iterable[str] = ()) -> dict:
    """Plain paragraphs."""
    words = [words for words in paragraphs if words]
    return {"kind": "text", "title": title, "paragraphs": words} | _made(rule, files)


def points(sentences: Iterable[str], title: str = "") -> dict:
    """Sentences as a list."""
    return {"kind": "points", "title": title, "points": [words for words in sentences if words]}


def printed_table(files: StudyFiles, name: str, rule: str = "") -> dict | None:
    """A table of the paper as it was printed, with links to its other formats."""
    path = f"tables/{name}.md"
    if path not in files:
        return None
    others = [f"tables/{name}.{ending}" for ending in ("tsv", "docx", "tex")]
    return table(files.printed(path), rule or name, filter(files.__contains__, others))


def table(content: Table, rule: str, files: Iterable[str]) -> dict:
    """A table that can be sorted, filtered and copied.

    A row of which only the first cell is filled is a heading: what stands below it is sorted by itself.
    """
    groups: list[dict] = []
    for row in content.rows:
        if len(row) > 1 and row[0] and not any(row[1:]):
            groups.append({"heading": row[0], "rows": []})
            continue
        if not groups:
            groups.append({"heading": "", "rows": []})
        groups[-1]["rows"].append(row)
    plain = content._replace(rows=[row for group in groups for row in group["rows"]])
    shown = {"caption": content.caption, "header": content.header, "groups": groups}
    shown |= {"left": set_left(plain), "notes": content.footnotes, "n_rows": len(plain.rows)}
    return {"kind": "table"} | shown | _made(rule, files)


def figure(files: StudyFiles, name: str, rule: str = "", caption: str = "") -> dict | None:
    """A figure: its vector drawing where that is small, else a picture; links to PDF and table."""
    path = f"figures/{name}.png"
    if path not in files:
        return None
    if f"figures/{name}.caption.rst" in files:
        caption = files.text(f"figures/{name}.caption.rst")
    title, _, words = _plain(caption).partition("\n\n")
    others = [f"figures/{name}.{ending}" for ending in ("pdf", "png", "tsv")]
    shown = {"title": title, "caption": words.split("\n\n") if words else []}
    with Image.open(files.paths[path]) as picture:
        uri, width, height = _drawing(files, name, picture)
        heights, n_pages = page_heights(picture)
    across = round(min(width, WIDEST, HIGHEST * len(heights) * width / height))
    shown |= {"uri": uri, "width": width, "height": height, "across": across}
    if n_pages > len(heights):
        shown["caption"].append(f"The first {len(heights)} of {n_pages} pages; {name}.pdf has all.")
    return {"kind": "figure"} | shown | _made(rule or name, filter(files.__contains__, others))


def glossary(more: dict[str, str]) -> dict[str, list[str]]:
    """{word: what it means in a few lines}: every feature, and `more`."""
    words = {
        d.feature: [
            f"{d.family}: {d.printed}. Higher means {d.higher}.",
            f"Formula: {d.formula}; unit: {d.unit}.",
            f"Size: it {d.volume}." if d.volume.startswith(("falls", "rises", "drifts")) else "",
        ]
        for d in DEFINITIONS
    }
    return {word: list(filter(None, lines)) for word, lines in words.items()} | {
        word: [line] for word, line in more.items()
    }


def _made(rule, files):
    return {"rule": rule, "files": list(files)}


def _plain(caption):
    # Captions are reStructuredText for Snakemake's report; of its marks they use these.
    return re.sub(r"\\(.)", r"\1", re.sub(r"\*\*(.+?)\*\*", r"\1", caption)).strip()


def _drawing(files, name, picture):
    width, height = picture.size
    vector = files.paths.get(f"figures/{name}.svg")
    if vector and vector.stat().st_size <= MOST_VECTOR:
        return file_uri(str(vector)).replace("image/svg", "image/svg+xml", 1), width, height
    scale = min(1.0, MOST_PIXELS / width)
    small = picture.convert("RGB").resize((round(width * scale), round(height * scale)))
    stream = io.BytesIO()
    small.save(stream, "webp", **WEBP)
    return data_uri(stream.getvalue(), "webp"), *small.size

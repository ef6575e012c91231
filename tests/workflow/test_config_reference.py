"""The manual of keys and columns says what the schemas say."""

import importlib.util
import re

import pytest
import yaml

from repository import ROOT

spec = importlib.util.spec_from_file_location("config_reference", ROOT / "docs/config_reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


def test_the_page_is_what_the_schemas_make():
    text = reference.PAGE.read_text(encoding="utf-8")
    assert reference.page(text) == text, "python docs/config_reference.py writes the tables anew"


def test_every_schema_of_a_study_has_its_table():
    named = {match[1] for match in reference.MARKED.findall(reference.PAGE.read_text("utf-8"))}
    assert named == {
        path.name.removesuffix(".schema.yaml")
        for path in (ROOT / "workflow" / "schemas").glob("*_*.yaml")
    }


def test_a_table_has_key_default_and_words_in_the_order_of_the_schema(tmp_path, monkeypatch):
    schema = {
        "properties": {
            "levels": {
                "default": 64.0,
                "minimum": 2,
                "maximum": 1024,
                "description": "grey levels | bins",
            },
            "model": {
                "properties": {
                    "on": {"default": True, "description": "whether"},
                    "spacing_mm": {"default": [0.5, 2], "description": "x, y"},
                }
            },
            "limits": {"description": "see below", "default": {}, "properties": {"a": {}}},
            "name": {"default": "", "description": "a word"},
        }
    }
    folder = tmp_path / "workflow" / "schemas"
    folder.mkdir(parents=True)
    (folder / "x_config.schema.yaml").write_text(yaml.safe_dump(schema, sort_keys=False), "utf-8")
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    assert reference.page("<!-- schema: x_config -->\nold\n<!-- end -->") == (
        "<!-- schema: x_config -->\n"
        "| key | default | what |\n| --- | --- | --- |\n"
        "| `levels` | 64 | grey levels \\| bins (at least 2, at most 1024) |\n"
        "| `model: on` | true | whether |\n"
        "| `model: spacing_mm` | [0.5, 2] | x, y |\n"
        "| `limits` |  | see below |\n"
        '| `name` | `""` | a word |\n'
        "<!-- end -->"
    )
    with pytest.raises(KeyError, match="description"):
        reference.page("<!-- schema: x_config limits -->\n<!-- end -->")


def test_no_command_of_the_manual_has_a_target_behind_configfile():
    """Snakemake reads every word behind the option as one more config file."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "config").glob("*.md")]
    behind = [
        word
        for page in pages
        for found in re.findall(r"--configfile ([^-#`\n)]*)", page.read_text(encoding="utf-8"))
        for word in found.split()
    ]
    assert len(behind) >= 6
    assert [word for word in behind if not word.endswith((".yaml", "FILE"))] == []

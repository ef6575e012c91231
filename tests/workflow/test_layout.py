"""The conventions of the repository: one name from end to end, and the code a rule depends on found from imports."""

import ast
import re
from pathlib import Path

import pytest

from npcradiomics.jobs import dependencies
from repository import ROOT

CORE = ROOT / "scripts" / "npcradiomics"
RULE_FILES = sorted((ROOT / "workflow").rglob("*.smk"))
RULE = re.compile(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", re.M | re.S)


def rules():
    """{rule name: text} of every rule that runs a script."""
    found = {}
    for path in RULE_FILES:
        found |= {
            name: text
            for name, text in RULE.findall(path.read_text(encoding="utf-8"))
            if "script:" in text
        }
    return found


RULES = rules()


def imports_of(path):
    """Core modules that a Python file imports anywhere in it, by the syntax tree."""
    files = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] == "npcradiomics"
        ):
            place = ROOT / "scripts" / node.module.replace(".", "/")
            files |= (
                {place / f"{a.name}.py" for a in node.names}
                if place.is_dir()
                else {place.with_suffix(".py")}
            )
    return files - {CORE / "jobs" / "script.py"}  # the glue, which computes nothing


def core_used_by(script):
    """Core modules a script depends on, through others too."""
    used, waiting = set(), imports_of(script)
    while waiting:
        module = waiting.pop()
        used.add(module)
        waiting |= imports_of(module) - used
    return used


@pytest.mark.parametrize("name", RULES)
def test_rule_script_log_and_benchmark_share_one_name(name):
    text = RULES[name]
    assert f'"../../scripts/{name}.py"' in text
    assert (ROOT / "scripts" / f"{name}.py").is_file()
    log = re.search(r'log:\s+"(.*?)"', text).group(1)
    assert Path(log).name == f"{name}.log"
    if re.search(
        r"^    output:", text, re.M
    ):  # to Snakemake a benchmark is an output, and a rule that makes nothing must always run
        benchmark = re.search(r'benchmark:\s+"(.*?)"', text).group(1)
        assert Path(benchmark).name == f"{name}.tsv"


@pytest.mark.parametrize("name", RULES)
def test_rule_has_docstring_and_environment_and_a_message_only_where_it_says_more(name):
    """Without a message the docstring's first line is told; a message says who or what part it is."""
    text = RULES[name]
    assert text.strip().startswith('"""')
    assert "conda:" in text
    message = re.search(r"message:\s+(.*)", text)
    assert ("message:" in text) == ("{" in message.group(1) if message else False)
    assert ("/logs/{" in text) <= bool(message)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_depends_on_the_code_its_script_imports(name):
    assert f'*code_of("{name}"),' in RULES[name]
    found = dependencies.modules_of(ROOT / "scripts" / f"{name}.py")
    assert set(found) == core_used_by(ROOT / "scripts" / f"{name}.py")


def test_every_figure_and_table_is_named_after_its_rule():
    for name in (*(f"table{k}" for k in range(1, 7)), *(f"fig{k}" for k in (*range(2, 12), 13))):
        folder = "tables" if name.startswith("table") else "figures"
        assert f'"<results>/{folder}/{name}.' in RULES[name]


def test_every_core_module_is_used():
    used = set().union(*(core_used_by(path) for path in (ROOT / "scripts").glob("*.py")))
    used |= {path for rules in RULE_FILES for path in dependencies.modules_imported(rules)}
    used |= set().union(*(imports_of(path) for path in (ROOT / "benchmarks").glob("*.py")))
    unused = {path for path in CORE.rglob("*.py") if path.stem != "__init__"} - used
    assert unused == {CORE / "jobs" / "script.py"}


def test_core_knows_nothing_of_snakemake():
    for path in CORE.rglob("*.py"):
        if path.stem != "script":
            modules = [
                n
                for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(n, ast.Import | ast.ImportFrom)
            ]
            names = {alias.name for n in modules for alias in n.names} | {
                getattr(n, "module", None) for n in modules
            }
            assert not any(str(name).split(".")[0] == "snakemake" for name in names), path


# Arrows run one way: a room may use the rooms above it in this list (and the modules at the root),
# and no other.
ROOMS = [
    "jobs",
    "images",
    "cohort",
    "dicom",
    "registration",
    "regions",
    "dose",
    "features",
    "perturbation",
    "statistics",
    "spatial_null",
    "risk",
    "multiverse",
    "response",
    "simulation",
    "publication",
]
ROOT_MODULES = {
    "files",
    "refusal",
    "rounding",
    "compilation",
    "tables",
    "input_tables",
    "region_names",
}


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_between_rooms_run_one_way(room):
    allowed = set() if room == "statistics" else set(ROOMS[: ROOMS.index(room)])
    for path in (CORE / room).rglob("*.py"):
        rooms = {used.relative_to(CORE).parts[0] for used in imports_of(path)} - {
            f"{m}.py" for m in ROOT_MODULES
        }
        wrong = rooms - allowed - {room}
        assert not wrong, (
            f"{path.relative_to(CORE)} in room {room} uses {', '.join(sorted(wrong))}: an arrow back"
        )


def test_every_room_has_a_door_sign_and_loads_nothing():
    folders = {path.parent for path in CORE.rglob("*.py")}
    assert {folder.name for folder in folders if folder.parent == CORE} == set(ROOMS)
    assert {path.stem for path in CORE.glob("*.py")} == {"__init__"} | ROOT_MODULES
    for folder in folders:
        (sign,) = ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
        assert len(ast.literal_eval(sign.value)) > 60, folder


def test_no_module_is_a_drawer():
    assert not {"utils", "helpers", "misc", "common", "stats", "radiomics"} & {
        p.stem for p in CORE.rglob("*")
    }


@pytest.mark.parametrize(("path", "lines"), [("Snakefile", 65), ("workflow/rules/common.smk", 70)])
def test_table_of_contents_stays_short(path, lines):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= lines


def test_scripts_do_nothing_on_import_and_stay_plumbing():
    for name in RULES:
        path = ROOT / "scripts" / f"{name}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = {type(node).__name__ for node in tree.body}
        assert kinds <= {"Expr", "Import", "ImportFrom", "FunctionDef", "If", "Assign"}, path
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 80, path


def test_scripts_of_patients_import_first_what_keeps_ctrl_c_silent():
    of_patients = [name for name, text in RULES.items() if "logs/{patient}/" in text]
    assert len(of_patients) > 10
    for name in of_patients:
        tree = ast.parse((ROOT / "scripts" / f"{name}.py").read_text(encoding="utf-8"))
        first = next(n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom))
        assert ast.unparse(first) == "from npcradiomics.jobs import script", name


def test_no_rule_computes_in_run_blocks():
    for path in RULE_FILES:
        assert not re.search(r"^\s+run:", path.read_text(encoding="utf-8"), re.M), path

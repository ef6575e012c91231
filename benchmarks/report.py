"""How large a report of many patients is, what it takes to make it, and how long a browser takes to open it.

    python benchmarks/report.py results/demo/heterogeneity --patients 500

Reads a finished study and repeats its patients under other names in a folder of its own: rows of the
tables, records and thumbnails of the registrations. Tables and figures of features stay as they are, so
what Figures 2 to 9 of so many patients would weigh is not in it. CPU time is that of the job's script with
its imports; the browser is a headless Chromium, its times are medians of --times openings.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from browser import Browser
from npcradiomics.files import read_json, write_json
from npcradiomics.publication.tables.formats import read_markdown, write_markdown

ROOT = Path(__file__).resolve().parents[1]
REPEATED = ("registration", "regions", "excluded", "null_patients")
RUN = """
import sys; from types import SimpleNamespace; sys.path.insert(0, sys.argv[1])
import json, report_cohort
asked = json.loads(open(sys.argv[2]).read())
class Params(SimpleNamespace):
    def __getitem__(self, name): return getattr(self, name)
report_cohort.main(SimpleNamespace(**{part: Params(**asked[part]) for part in ("input", "output", "params")}))
"""
TIMES = """
const [navigation] = performance.getEntriesByType("navigation");
const [paint] = performance.getEntriesByName("first-contentful-paint");
return [paint ? paint.startTime : navigation.domInteractive, navigation.loadEventEnd];
"""


def repeat(results, folder, n):
    """Write the study of n patients below folder; what its job is asked for."""
    for name in ("cohort", "tables", "figures"):
        shutil.copytree(results / name, folder / name)
    shutil.copy(results / "provenance.json", folder)
    found = sorted(path.parent for path in results.glob("patients/*/registration/quality.json"))
    originals = [path.parent.name for path in found]
    times = -(-n // len(originals))
    for table in REPEATED:
        path = folder / f"cohort/{table}.tsv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        rows = [
            row.replace(name, f"{name}_{k}")
            for k in range(times)
            for row in rows
            for name in [row.split("\t")[0]]
        ]
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    for path in folder.glob("tables/table4.md"):
        table = read_markdown(path)
        write_markdown(path, table._replace(rows=table.rows * times))
    made = {"quality": [], "standings": [], "thumbnails": []}
    for k in range(times):
        for source, name in zip(found, originals, strict=True):
            place = folder / f"patients/{name}_{k}/registration"
            place.mkdir(parents=True)
            write_json(
                read_json(source / "quality.json") | {"patient": f"{name}_{k}"},
                place / "quality.json",
            )
            for part in ("standing.json", "thumbnail.webp"):
                shutil.copy(source / part, place)
            for kind, part in (
                ("quality", "quality.json"),
                ("standings", "standing.json"),
                ("thumbnails", "thumbnail.webp"),
            ):
                made[kind].append(str(place / part))
    files = [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "patients" not in path.parts
    ]
    pages = [
        f"patients/{Path(path).parts[-3]}/registration/report.html" for path in made["quality"]
    ]
    return {
        "input": made | {"made": files, "record": str(folder / "provenance.json"),
                         "templates": [str(ROOT / "workflow/report/study_report.html")]},
        "output": {"report": str(folder / "report.html")},
        "params": {"results": str(folder), "pages": pages, "without_page": [], "n_table": len(pages),
                   "match": "none", "simulated": True, "notice": "Simulated patients: no clinical data"},
    }  # fmt: skip


def main():
    """Print patients, size, CPU time and times of opening."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        job = repeat(asked.results, folder, asked.patients)
        (Path(place) / "job.json").write_text(json.dumps(job), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-c", RUN, ROOT / "scripts", Path(place) / "job.json"], check=True
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        page = folder / "report.html"
        print(
            f"{job['params']['n_table']} patients: {page.stat().st_size / 1e6:.1f} MB, made in {used.ru_utime + used.ru_stime:.1f} CPU s"
        )
        with Browser(Path(place) / "profile") as browser:
            opened = []
            for _ in range(asked.times):
                browser.open(page, 1280)
                opened.append(browser.run(TIMES))
        paint, loaded = (statistics.median(times) / 1000 for times in zip(*opened, strict=True))
        print(
            f"first words after {paint:.2f} s, all loaded after {loaded:.2f} s (median of {asked.times})"
        )


if __name__ == "__main__":
    main()

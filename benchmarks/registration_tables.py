"""The tables of registration.py, from its rows."""

import platform
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from registration_trials import SUCCESS_MM


def print_tables(rows: list[dict]) -> None:
    print(
        f"Machine: {cpu_name()}; Python {platform.python_version()}, SimpleITK {sitk.Version.VersionString()}"
    )
    for names, heading in (
        (("rigid", "elastix"), "Rigid pairs, three header poses each"),
        (("distorted",), "The same with 0.8 mm RMS smooth distortion per axis"),
        (
            "stress",
            "Stress: 25 % noise, 5-8 mm slices, 60-80 mm covered, 15-25 degrees of neck, moved twice as far",
        ),
    ):
        print_accuracy([row for row in rows if row["set"] in names], heading)
    print_safety(rows)
    print_real([row for row in rows if row["set"] == "real"])
    print_size([row for row in rows if row["set"] == "size"])


def print_accuracy(rows: list[dict], heading: str) -> None:
    if not rows:
        return
    print(
        f"## {heading}\n\n| method | success | mean TRE of successes (max), mm | best rigid fit, mm "
        "| CPU s, median (max) |"
    )
    print("|---|---|---|---|---|")
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        good = [row["tre_mm"] for row in mine if row["tre_mm"] < SUCCESS_MM]
        seconds = [row["cpu_s"] for row in mine]
        best = [row["best_rigid_mm"] for row in mine if "best_rigid_mm" in row]
        print(
            f"| {method} | {len(good)}/{len(mine)} | "
            + (f"{np.mean(good):.2f} ({max(good):.2f})" if good else "-")
            + (f" | {np.mean(best):.2f}" if best else " | ")
            + f" | {np.median(seconds):.1f} ({max(seconds):.1f}) |"
        )
    print()


def print_safety(rows: list[dict]) -> None:
    """Wrong ones from everywhere;

    right ones apart from those of the stress set, whose images a check may refuse.
    """
    judged_rows = [row for row in rows if "verdict" in row]
    if not judged_rows:
        return
    wrong = [row for row in judged_rows if row["tre_mm"] > SUCCESS_MM]
    right = [row for row in judged_rows if row["tre_mm"] <= SUCCESS_MM]
    stressed = [row for row in right if row["set"] == "stress"]
    right = [row for row in right if row["set"] != "stress"]
    kinds = [
        row["method"] if row["set"] == "wrong" else f"of the {row['set']} set" for row in wrong
    ]
    print("## Knowing when it failed\n")
    print(f"Wrong (mean TRE > {SUCCESS_MM:g} mm), all on heads that set no limit: {len(wrong)}")
    print(f"({', '.join(f'{kinds.count(kind)} {kind}' for kind in dict.fromkeys(kinds))}).\n")
    print(
        "| check | wrong ones failed | right ones failed | ... to look at or not known | right under stress failed |"
    )
    print("|---|---|---|---|---|")
    for name in [*judged_rows[0]["checks"], "all together"]:

        def share(group, *verdicts, name=name):
            had = [
                row["verdict"] if name == "all together" else row["checks"][name][1]
                for row in group
            ]
            return f"{sum(verdict in verdicts for verdict in had)}/{len(group)}"

        print(
            f"| {name} | {share(wrong, 'failed')} | {share(right, 'failed')} | {share(right, 'look', 'not known')} "
            f"| {share(stressed, 'failed')} |"
        )
    passed = [row for row in wrong if row["verdict"] != "failed"]
    print(
        "\nWrong and not failed: "
        + (
            "; ".join(f"{row['label']}, {row['method']}, {row['tre_mm']:.1f} mm" for row in passed)
            or "none"
        )
    )
    backward = [[row["checks"]["backward"][0] for row in group] for group in (right, wrong)]
    right_mm, wrong_mm = ([value for value in values if value is not None] for values in backward)
    if right_mm and wrong_mm:
        print(
            f"Backward discrepancy: right at most {max(right_mm):.2f} mm, wrong at least {min(wrong_mm):.2f} mm."
        )
    print()


def print_real(rows: list[dict]) -> None:
    if not rows:
        return
    print("## Two time points of a real head (the publishers' transforms are the truth)\n")
    print("| headers | region | mean error (max), mm, over | CPU s |\n|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['label']} | {row['method']} | {row['tre_mm']:.2f} ({row['tre_max_mm']:.2f}), "
            f"{row['where']} | {row['cpu_s']:.1f} |"
        )
    print()


def print_size(rows: list[dict]) -> None:
    for row in rows:
        print(
            f"512 x 512 x 60: {row['cpu_s']:.1f} CPU s to register and {row['check_cpu_s']:.1f} to check, "
            f"peak {row['peak_gb']:.2f} GB, rerun bit-identical: {row['bit_identical']}\n"
        )


def cpu_name() -> str:
    lines = (
        Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if Path("/proc/cpuinfo").exists()
        else []
    )
    named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{named[0]} x {len(named)}" if named else platform.processor()

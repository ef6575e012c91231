"""The last words of a run, from the tables it made."""

from npcradiomics.jobs.summary import cohort_summary


def write(path, *lines):
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join("\t".join(line) for line in lines) + "\n", encoding="utf-8")


def test_nothing_is_said_of_a_cohort_that_was_not_made(tmp_path):
    assert cohort_summary("heterogeneity", tmp_path) == []


def test_who_is_in_who_is_out_and_where_to_look_first(tmp_path):
    cohort = tmp_path / "cohort"
    regions = ("recurrent", "non_recurrent")
    rows = [(name, region) for name in ("NA", "P2", "P3") for region in regions]
    write(cohort / "features.tsv", ("patient", "region"), *rows)
    write(
        cohort / "excluded.tsv",
        ("patient", "rule", "reason"),
        ("P9", "in_field", "32.0 % of GTVr's voxels inside the 95 % isodose"),
    )
    write(
        cohort / "registration.tsv",
        ("patient", "verdict", "worst_sentence"),
        ("NA", "pass", "All is well."),
        ("P3", "look", "The head is turned by 17 degrees."),
    )
    assert cohort_summary("heterogeneity", tmp_path) == [
        "heterogeneity: 3 of 4 patients are in the statistics.",
        f"heterogeneity: out: P9 (32.0 % of GTVr's voxels inside the 95 % isodose) ({cohort}/excluded.tsv)",
        "heterogeneity: look first: P3 (The head is turned by 17 degrees); "
        f"{cohort}/registration.html",
    ]


def test_who_is_out_of_one_sequence_is_named_and_in_the_statistics(tmp_path):
    cohort = tmp_path / "cohort"
    write(cohort / "features.tsv", ("patient", "region"), ("P1", "recurrent"), ("P2", "recurrent"))
    write(cohort / "excluded.tsv", ("patient", "rule", "reason"))
    write(
        cohort / "sequences.tsv",
        ("patient", "sequence", "state", "reason"),
        ("P1", "t2", "measured", ""),
        ("P2", "t2", "out", "registration failed"),
        ("P1", "adc", "measured", ""),
        ("P2", "adc", "measured", ""),
    )
    assert cohort_summary("heterogeneity", tmp_path) == [
        "heterogeneity: 2 of 2 patients are in the statistics.",
        "heterogeneity: t2: measured in 1 of 2 patients; without it, in for the rest: P2 (registration failed) "
        f"({cohort}/sequences.tsv)",
    ]


def test_where_to_look_first_is_said_before_there_are_statistics(tmp_path):
    cohort = tmp_path / "cohort"
    write(
        cohort / "registration.tsv",
        ("patient", "verdict", "worst_sentence"),
        ("P3", "failed", "The tumour is not in view."),
    )
    assert cohort_summary("heterogeneity", tmp_path) == [
        f"heterogeneity: look first: P3 (The tumour is not in view); {cohort}/registration.html",
    ]

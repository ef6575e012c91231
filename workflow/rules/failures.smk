"""When a run ends badly: a table of who failed, at which step, why, and what to try."""


onerror:
    import sys

    sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))
    from npcradiomics.jobs import failures

    found = failures.records("results")
    if found:
        print(*failures.report(found, "results/failed.tsv"), sep="\n", file=sys.stderr)

"""What a dry run of the heterogeneity study plans."""

import re


def planned_jobs(printed: str) -> dict[str, str]:
    """{rule: number of its jobs} by the table that a dry run prints."""
    return dict(re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", printed, re.M))

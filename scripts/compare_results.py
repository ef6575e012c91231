"""What differs between two folders of results: two cohorts, two settings, or before and after a change of the code.

python scripts/compare_results.py results/heterogeneity other/results/heterogeneity

Prints settings, patients, rows of Table 2 and verdicts that differ, then every file that does, tables by
column with the largest relative deviation. Exit code 0 where nothing differs, 1 where something
does, 2 where a folder has no results.
"""

import argparse
import sys
from pathlib import Path

from npcradiomics.jobs.results_differences import compare_results


def main(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("a", type=Path, metavar="A", help="folder of results")
    parser.add_argument("b", type=Path, metavar="B", help="folder of results")
    parser.add_argument(
        "--within",
        type=float,
        default=0.0,
        help="relative deviation of numbers that counts as none",
    )
    options = parser.parse_args(arguments)
    try:
        lines = compare_results(options.a, options.b, options.within)
    except ValueError as error:
        print(f"compare_results: {error}", file=sys.stderr)
        return 2
    print(f"A: {options.a}\nB: {options.b}", *(lines or ["nothing differs"]), sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

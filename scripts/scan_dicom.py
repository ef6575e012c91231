"""Rule scan_dicom: a draft of the patients table from a folder tree of DICOM, to be edited by a person."""

import logging

from npcradiomics.dicom.draft import draft_rows, new_draft
from npcradiomics.dicom.inventory import scan
from npcradiomics.files import write_rows, write_text
from npcradiomics.jobs import script


def main(snakemake):
    if not snakemake.params.dicom_root:
        raise ValueError(
            "no folder to scan: snakemake scan_dicom --config dicom_root=/path/to/folder"
        )
    log = logging.getLogger("npcradiomics.scan_dicom")  # stands on the terminal, too
    found, left_out = scan(snakemake.params.dicom_root)
    rows, said = draft_rows(found)
    if not rows:
        raise ValueError(
            f"{snakemake.params.dicom_root}: no DICOM series, structures or doses ({dict(left_out)})"
        )
    counts = [f"{len(found)} series, structure sets, doses and plans of {len(rows)} patients"]
    counts += [f"left out: {n} files, {why}" for why, n in left_out.most_common()]
    table, summary = new_draft(snakemake.params.folder)
    said = [*counts, *said, f"draft of the patients table: {table}"]
    write_rows(rows, table)
    write_text("\n".join(said) + "\n", summary)
    for line in said:
        log.info(line)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821

"""Rule scan_dicom: a draft of the patients table from a folder tree of DICOM, and a page to check it by."""

import logging
from pathlib import Path

from npcradiomics.dicom.draft import draft_rows, new_draft
from npcradiomics.dicom.inventory import scan
from npcradiomics.files import write_rows, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.scan_summary import summary_content
from npcradiomics.publication.pages.template import render


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
    table, summary, page = new_draft(snakemake.params.folder)
    content = summary_content(found, rows, said, Path(snakemake.params.dicom_root))
    content |= {"left_out": left_out.most_common(), "table": table.name}
    write_text(render(snakemake.input.templates[0], **content), page)
    said = [*counts, *said, f"draft of the patients table: {table}; look at {page}"]
    write_rows(rows, table)
    write_text("\n".join(said) + "\n", summary)
    for line in said:
        log.info(line)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821

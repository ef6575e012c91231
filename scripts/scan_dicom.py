"""Rule scan_dicom: drafts of both patients tables from a folder tree of DICOM, and a page to check them by."""

import logging
from pathlib import Path

from npcradiomics.dicom.draft import draft_rows, new_draft, response_rows
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
    others, said_of_others = response_rows(found)
    said += said_of_others
    table, other_table, summary, page = new_draft(snakemake.params.folder)
    both = [row | other for row, other in zip(rows, others, strict=True)]
    content = summary_content(found, both, said, Path(snakemake.params.dicom_root))
    content |= {"left_out": left_out.most_common(), "table": table.name}
    write_text(render(snakemake.input.templates[0], **content), page)
    drafts = f"drafts of the patients tables: {table}, {other_table}; look at {page}"
    said = [*counts, *said, drafts]
    write_rows(rows, table)
    write_rows(others, other_table)
    write_text("\n".join(said) + "\n", summary)
    for line in said:
        log.info(line)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821

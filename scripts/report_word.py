"""Rule report_word: methods, tables, figures and captions in the paper's order as one Word document."""

from pathlib import Path
from types import SimpleNamespace

from npcradiomics.files import replacing
from npcradiomics.jobs import script
from npcradiomics.publication.captions import fill_caption
from npcradiomics.publication.methods.bibliography import entries, reference
from npcradiomics.publication.methods.text import paragraphs_of
from npcradiomics.publication.word_report import Figure, write_report
from npcradiomics.tables import read_table


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    captions = {Path(path).name.split(".")[0]: path for path in given.captions}
    shared = Path(given.shared_captions).read_text(encoding="utf-8") if params.rules else ""

    def caption(name):
        if name in captions:
            return Path(captions[name]).read_text(encoding="utf-8")
        made_by = SimpleNamespace(
            rule=params.rules[name], params=SimpleNamespace(notice=params.notice)
        )
        return fill_caption(shared, snakemake=made_by)

    items = [
        Path(path) if Path(path).suffix == ".docx" else Figure(path, caption(Path(path).stem))
        for path in given.shown
    ]
    library = entries(Path(given.references).read_text(encoding="utf-8"))
    with replacing(snakemake.output.word) as temporary:
        write_report(
            temporary,
            f"The {params.study} study",
            params.notice,
            paragraphs_of(read_table(given.methods)),
            {key: reference(entry) for key, entry in library.items()},
            items,
        )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821

"""A figure in the report is as large on the screen with several pages as with one."""

from matplotlib.figure import Figure

from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.style import DPI
from npcradiomics.publication.pages.report_blocks import StudyFiles, figure


def shown(folder, n_pages):
    """A figure of pages of 600 x 1200 pixels."""
    path = folder / "figures/fig3.png"
    path.parent.mkdir(exist_ok=True)
    save([Figure(figsize=(600 / DPI, 1200 / DPI)) for _ in range(n_pages)], path)
    return figure(StudyFiles(folder, [path]), "fig3", caption="**Fig 3. Sequences.**\n\nWords.")


def test_each_page_is_as_high_as_the_only_one(tmp_path):
    one, three = shown(tmp_path, 1), shown(tmp_path, 3)
    assert one["across"] == three["across"] == 550  # 1100 high
    assert (one["height"], three["height"]) == (1200, 3600)
    assert one["caption"] == three["caption"] == ["Words."]


def test_pages_that_the_picture_does_not_hold_are_told(tmp_path):
    assert shown(tmp_path, 7)["caption"] == ["Words.", "The first 4 of 7 pages; fig3.pdf has all."]

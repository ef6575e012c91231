"""Pages from templates: text stays text, and a forgotten value is an error."""

import jinja2
import pytest

from npcradiomics.publication.pages.template import render


@pytest.fixture
def template(tmp_path):
    (tmp_path / "style.css").write_text("p > b { color: red }", encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(
        '<style>{% include "style.css" %}</style><p title="{{ note }}">{{ note }}</p>\n',
        encoding="utf-8",
    )
    return str(path)


def test_markup_in_a_note_stays_text(template):
    page = render(template, note='<script>alert("x")</script>')
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert 'title="&lt;script' in page


def test_templates_beside_it_are_included_as_they_are(template):
    assert "<style>p > b { color: red }</style>" in render(template, note="")


def test_missing_value_is_an_error(template):
    with pytest.raises(jinja2.UndefinedError, match="'note' is undefined"):
        render(template)


def test_a_word_of_the_glossary_leads_to_its_entry_once_in_a_text_and_never_as_a_part(tmp_path):
    (tmp_path / "page.html").write_text("{{ words | terms }}", encoding="utf-8")
    words = {"GTV": ["drawn"], "GTVr": ["later"], "amp": ["no word of the text"]}
    page = render(
        tmp_path / "page.html", words="GTVr & <GTV>, GTVr, GTV-GTVr, XGTV", glossary=words
    )
    assert page == (
        '<a class="term" href="#term-GTVr">GTVr</a> &amp; &lt;<a class="term" href="#term-GTV">GTV</a>&gt;, GTVr, GTV-GTVr, XGTV'
    )

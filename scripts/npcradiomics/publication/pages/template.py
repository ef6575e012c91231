"""Pages of the workflow from their templates: self-contained HTML, whatever a table holds is text and never markup."""

import re
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape


def render(template: str, **content) -> str:
    """The page of a template file.

    Other templates it includes lie beside it. A name without a value is an error. The filter
    `terms` makes words of `glossary` ({word: lines}) links to their entry, in each text the first.
    """
    path = Path(template)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["terms"] = _terms
    return environment.get_template(path.name).render(**content)


@jinja2.pass_context
def _terms(context, words):
    # Escaped first: the glossary's words are letters that escaping leaves as they are.
    pattern = _any_of(tuple(context["glossary"]))
    met = set()

    def link(found):
        word = found.group()
        if word in met:
            return word
        met.add(word)
        return f'<a class="term" href="#term-{word}">{word}</a>'

    return Markup(pattern.sub(link, str(escape(words))))


@cache
def _any_of(words):
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(rf"(?<![\w&-])(?:{'|'.join(longest_first)})(?![\w;-])")

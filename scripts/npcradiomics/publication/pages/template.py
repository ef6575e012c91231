"""Pages of the workflow from their templates: self-contained HTML, whatever a table holds is text and never markup."""

from pathlib import Path

import jinja2


def render(template: str, **content) -> str:
    """The page of a template file.

    Other templates it includes lie beside it. A name without a value is an error.
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
    return environment.get_template(path.name).render(**content)

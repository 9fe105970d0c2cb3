"""The pages' templates and the style they share with the report."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from coach.render import html
from coach.render.templating import templates

_HERE = Path(__file__).parent


def page(template: str, **shown: Any) -> str:
    """A page from a template."""
    return templates(_HERE / "templates").get_template(template).render(**shown, style=_style())


@lru_cache(maxsize=1)
def _style() -> Markup:
    report = Path(html.__file__).with_name("static").joinpath("report.css").read_text(encoding="utf-8")
    return Markup(report + (_HERE / "static/pages.css").read_text(encoding="utf-8"))  # noqa: S704 - our own files

"""How a page is made: its template in the frame, with who looks at it, in his language."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from coach.render import html
from coach.render.templating import templates
from coach.storage.accounts import LANGUAGES, Role, Visitor
from coach.web.languages import language_of, said

_TEMPLATES = Path(__file__).parent / "templates"
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field

PLACES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("/", "首页", frozenset(Role)),
    ("/upload", "上传", frozenset(Role)),
    ("/calls", "对话", frozenset(Role)),
    ("/practice", "练习", frozenset(Role)),
    ("/reviews", "复核", frozenset(Role)),
    ("/team", "团队", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})),
    ("/admin", "管理", frozenset({Role.ADMINISTRATOR})),
)
"""What the navigation leads to, and for whom."""


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page from a template; in it stand `visitor` (None: nobody signed in), `_()` for texts of ours, `token_field` for every
    form, and `places` for the navigation.
    """
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    language = language_of(request)
    frame = {
        "visitor": visitor,
        "language": language,
        "_": lambda text: said(text, language),
        "token": visitor.form_token if visitor is not None else "",
        "token_field": _token_field(visitor),
        "places": [] if visitor is None else [(href, name) for href, name, roles in PLACES if visitor.role in roles],
        "languages": LANGUAGES,
        "is_inside": lambda href: _is_inside(request.url.path, href),
        "back": _back(request),
    }
    content = templates(_TEMPLATES, html.TEMPLATES).get_template(template).render(frame | shown)
    return HTMLResponse(content, status)


def _token_field(visitor: Visitor | None) -> Markup:
    if visitor is None:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_TOKEN, visitor.form_token)


def _is_inside(path: str, place: str) -> bool:
    """Whether a page belongs to a place of the navigation."""
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _back(request: Request) -> str:
    """Where to come back to from a change of the language: a page that was the answer to a form cannot be asked for again."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")

"""Who asks: a browser by its cookie, a machine by its key. What a page or a route demands is one of the types below."""

from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from coach.errors import AccessError
from coach.storage.accounts import Role, Visitor
from coach.storage.keys import RIGHTS, SUBJECTS
from coach.storage.sign_ins import LONGEST
from coach.web.service import service_of
from coach.web.templating import FORM_TOKEN

COOKIE = "coach_session"

_SAFE = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_cookie = APIKeyCookie(name=COOKIE, scheme_name="browser", auto_error=False, description="登录后的浏览器")
_bearer = HTTPBearer(scheme_name="key", auto_error=False, description="账号页里生成的密钥")


class SignInNeededError(AccessError):
    """Nobody is signed in here."""

    status = 401


async def _sent_token(request: Request) -> str:
    """The form token that came along. A body that is no form, such as a streamed upload, is left unread."""
    if request.method in _SAFE or "authorization" in request.headers:
        return ""
    if (header := request.headers.get("x-form-token")) is not None:
        return header
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FORMS:
        return ""
    sent = (await request.form()).get(FORM_TOKEN, "")
    return sent if isinstance(sent, str) else ""


def whoever(
    request: Request,
    cookie: Annotated[str | None, Security(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    sent_token: Annotated[str, Depends(_sent_token)],
) -> Visitor | None:
    """Who asks, if anybody we know. Raises AccessError for a key or a form that may not do this."""
    service = service_of(request)
    visitor: Visitor | None = None
    if bearer is not None:
        visitor = service.keys.visitor(bearer.credentials)
        if visitor is not None:
            _check_scopes(request, visitor)
    elif cookie:
        visitor = service.sign_ins.visitor(cookie)
        if visitor is not None and request.method not in _SAFE and sent_token != visitor.form_token:
            raise AccessError("这个页面太旧了，或者不是从本站发来的。请刷新页面再试一次，什么也没有改动。")
    request.state.visitor = visitor
    return visitor


async def is_known(request: Request) -> bool:
    """Whether a request comes with a session or a key that is worth something, whatever it may do with it."""
    service = service_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    cookie = request.cookies.get(COOKIE, "")
    if scheme.lower() == "bearer":
        return await run_in_threadpool(service.keys.visitor, key.strip()) is not None
    return bool(cookie) and await run_in_threadpool(service.sign_ins.visitor, cookie) is not None


def signed_in(visitor: Annotated[Visitor | None, Depends(whoever)]) -> Visitor:
    """Somebody we know. Raises SignInNeededError."""
    if visitor is None:
        raise SignInNeededError("请先登录；程序调用时请带上有效的密钥（Authorization: Bearer …）。")
    return visitor


def leader(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """A supervisor or an administrator. Raises AccessError."""
    if not visitor.leads:
        raise AccessError("这里只有主管和管理员能用。")
    return visitor


def administrator(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """An administrator. Raises AccessError."""
    if visitor.role is not Role.ADMINISTRATOR:
        raise AccessError("这里只有管理员能用。")
    return visitor


Whoever = Annotated[Visitor | None, Depends(whoever)]
SignedIn = Annotated[Visitor, Depends(signed_in)]
Leader = Annotated[Visitor, Depends(leader)]
Administrator = Annotated[Visitor, Depends(administrator)]


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


def let_in(request: Request, response: Response, token: str) -> Response:
    """Give the browser the secret by which it is known from now on."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=service_of(request).settings.is_secure,
    )
    return response


def own_address(wanted: str) -> str:
    """An address on this service to go on to; the first page for anything that leads elsewhere."""
    parts = urlsplit(wanted)
    odd = parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith(("//", "/\\"))
    return "/" if odd or any(ord(mark) < 33 for mark in wanted) else wanted


def check_same_site(request: Request) -> None:
    """Refuse a form that another site made the browser send, where nobody is signed in yet. Raises AccessError."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
        origin not in (None, "null") and urlsplit(origin or "").netloc != request.headers.get("host")
    ):
        raise AccessError("这个表单不是从本站发来的。请直接打开本站的网页再试。")


def _check_scopes(request: Request, visitor: Visitor) -> None:
    """A key works on the interface only, and for what it is for: the first part of the address after the version."""
    parts = PurePosixPath(request.url.path).parts[1:]
    if parts[:1] != ("api",):
        raise AccessError("密钥只能用在接口（/api/…）上，网页请用浏览器登录。")
    subject = next((part for part in parts[1:] if part != "v1"), "")
    if subject == "me":
        return
    right = "read" if request.method in _SAFE else "write"
    if subject not in SUBJECTS:
        raise AccessError("这件事不能用密钥做，请用浏览器登录。")
    if f"{subject}:{right}" not in (visitor.scopes or ()):
        raise AccessError(f"这个密钥没有「{SUBJECTS[subject]}：{RIGHTS[right]}」的权限。")

"""What is answered when something cannot be done: a page for people, problem+json for machines (RFC 9457)."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from coach.errors import CoachError
from coach.web.templating import page
from coach.web.visitors import SignInNeededError

_TITLES = {
    401: "需要登录",
    403: "没有权限",
    404: "找不到",
    405: "不能这样做",
    409: "和别人的改动冲突",
    413: "内容太大",
    422: "内容没法分析",
    429: "太频繁了",
    501: "缺少组件",
    503: "暂时用不了",
}
_SIGNED_OUT = (
    "登录已经过期，刚才填的内容没有存下。请点浏览器的「后退」把填的内容复制下来，再登录、重新打开那个页面粘贴提交。"
)
_log = logging.getLogger(__name__)


def answer_problems(app: FastAPI) -> None:
    """Let every error of this application end as an answer that a person or a machine understands."""
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(CoachError, _coach_error)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, detail: str) -> JSONResponse:
    """An error as problem+json, with a Chinese sentence."""
    return JSONResponse(
        {"type": "about:blank", "title": _TITLES.get(status, "没能完成"), "status": status, "detail": detail},
        status,
        media_type="application/problem+json",
    )


def _told(request: Request, status: int, detail: str, **links: str) -> Response:
    if _is_browser(request):
        return page(request, "problem.html.j2", status=status, problem=detail, **links)
    return problem(status, detail)


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


async def _sign_in(request: Request, error: Exception) -> Response:
    """A browser is sent to sign in, and comes back to where it was going. From a form it is not: what was typed would be lost."""
    if _is_browser(request) and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query)}", 303)
    detail = _SIGNED_OUT if _is_browser(request) else str(error)
    answer = _told(request, 401, detail, sign_in="/sign-in")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _coach_error(request: Request, error: Exception) -> Response:
    return _told(request, error.status if isinstance(error, CoachError) else 500, str(error))


async def _wrong_request(request: Request, error: Exception) -> Response:
    where = (
        [".".join(str(part) for part in one["loc"][1:]) for one in error.errors()]
        if isinstance(error, RequestValidationError)
        else []
    )
    fields = "、".join(dict.fromkeys(filter(None, where)))
    return _told(request, 422, f"请求的内容不对，请检查：{fields or '请求体应为 JSON'}")


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentences = {404: "没有这个页面，地址可能写错了，或者内容已经删除。", 405: "这个地址不支持这种操作。"}
    return _told(request, status, sentences.get(status, HTTPStatus(status).phrase))


async def _unexpected(request: Request, error: Exception) -> Response:
    """What nobody foresaw: the log names the place, the person is told that nothing is lost."""
    _log.error("unexpected", exc_info=error, extra={"path": request.url.path, "method": request.method})
    return _told(request, 500, "程序出了意外，这一步没有完成，以前保存的内容都在。请重试；如果还是这样，请告诉管理员。")

"""The web service: a page and an API around one Coach. `create_app()` builds it; nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response

from coach import __version__
from coach.errors import CoachError
from coach.pipeline import Coach
from coach.web import api, pages, practice
from coach.web.limits import LimitBody
from coach.web.templating import page

_DESCRIPTION = "找出销售对话里的十个说话习惯问题，讲清为什么，给出更好的说法。全部在本机运行，不访问网络。"


def create_app(coach: Coach | None = None) -> FastAPI:
    """The application; loads the shipped rules when it starts unless a Coach is given."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.coach = coach or Coach.load()
        yield

    app = FastAPI(
        title="销售对话教练",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(LimitBody)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.include_router(practice.pages)
    app.include_router(practice.api)
    app.add_exception_handler(CoachError, _coach_error)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    return app


async def _coach_error(request: Request, error: Exception) -> Response:
    """A page for a browser that asked for one, problem+json for everybody else."""
    status = error.status if isinstance(error, CoachError) else 500
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(page("problem.html.j2", problem=str(error)), status)
    return problem(status, str(error))


async def _wrong_request(_request: Request, error: Exception) -> JSONResponse:
    where = (
        [".".join(str(part) for part in one["loc"][1:]) for one in error.errors()]
        if isinstance(error, RequestValidationError)
        else []
    )
    return problem(422, f"请求的内容不对，请检查：{'、'.join(filter(None, where)) or '请求体应为 JSON'}")


def problem(status: int, detail: str) -> JSONResponse:
    """An error as problem+json (RFC 9457), with a Chinese sentence."""
    title = {413: "内容太大", 422: "内容没法分析", 501: "缺少组件"}.get(status, "没能完成")
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status,
        media_type="application/problem+json",
    )

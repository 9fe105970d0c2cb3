"""The web service: pages and an interface around one Coach and one library. `create_app()` builds it; nothing happens at
import.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from coach import __version__
from coach.pipeline import Coach
from coach.render import html
from coach.settings import Settings, read_settings
from coach.web import account, call, home, practice, review, reviews, rules, sign_in, team, upload, users
from coach.web import calls as calls_pages
from coach.web import settings as settings_pages
from coach.web.api import accounts as accounts_api
from coach.web.api import analyse, assignments, calls, corrections
from coach.web.api import practice as practice_api
from coach.web.api import review_queue as review_queue_api
from coach.web.api import reviews as reviews_api
from coach.web.api import rules as rules_api
from coach.web.api import settings as settings_api
from coach.web.api import team as team_api
from coach.web.health import router as health
from coach.web.limits import LimitBody
from coach.web.problems import answer_problems
from coach.web.security import SecurityHeaders
from coach.web.service import Service, open_service
from coach.web.visitors import is_known

_DESCRIPTION = "找出销售对话里的十个说话习惯问题，讲清为什么，给出更好的说法。全部在本机运行，不访问网络。"
_STATIC = Path(__file__).parent / "static"

ROUTERS = (
    health,
    sign_in.router,
    home.router,
    upload.router,
    calls_pages.router,
    call.router,
    practice.router,
    team.router,
    review.router,
    reviews.router,
    rules.router,
    account.router,
    users.router,
    settings_pages.router,
    analyse.router,
    calls.router,
    corrections.router,
    team_api.router,
    practice_api.router,
    assignments.router,
    settings_api.router,
    accounts_api.router,
    review_queue_api.router,
    reviews_api.router,
    rules_api.router,
)
"""Every part of the service, in the order in which addresses are looked up."""


def create_app(settings: Settings | None = None, *, coach: Coach | None = None) -> FastAPI:
    """The application, by the settings of the environment and with the shipped rules unless others are given.

    When it starts it brings the database up to date; while nobody is an administrator, it prints the link that makes one.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = await run_in_threadpool(lambda: open_service(settings, coach or Coach.load()))
        app.state.service = service
        _tell_setup_link(service)
        yield
        service.database.close()

    app = FastAPI(
        title="销售对话教练",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(LimitBody, is_known=is_known)
    app.add_middleware(SecurityHeaders, secure=settings.is_secure)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static/report", StaticFiles(directory=Path(html.__file__).parent / "static"))
    app.mount("/static", StaticFiles(directory=_STATIC))
    answer_problems(app)
    return app


def _tell_setup_link(service: Service) -> None:
    token = service.accounts.setup_token()
    if token is not None:
        link = f"{service.settings.public_url}/setup/{token}"
        sys.stderr.write(f"第一次使用：请打开 {link} 建立管理员账号（链接一天内有效，只能用一次）。\n")
        sys.stderr.flush()

"""The service: routes, refusals, headers, static files, and what runs while it serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api import problems
from api.headers import SecurityHeaders
from api.live.service import Live
from api.office import Office
from api.routes import (
    accounts,
    answers,
    board,
    catalogue,
    changes,
    docs,
    draws,
    explanations,
    forecasts,
    health,
    live,
    open_draws,
    openings,
    plans,
    projects,
    reports,
    sessions,
    verifier,
    webhooks,
)
from api.settings import Settings

HERE = Path(__file__).parent
ROUTERS = (
    health.router,
    docs.router,
    sessions.router,
    catalogue.router,
    board.router,
    projects.router,
    openings.router,
    plans.router,
    changes.router,
    explanations.router,
    draws.router,
    reports.router,
    open_draws.router,
    forecasts.router,
    answers.router,
    accounts.router,
    live.router,
    webhooks.router,
    verifier.router,
)


def create_app(settings: Settings, office: Office) -> FastAPI:
    """The application over one office; its console is an ordinary client of it at `/`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        push = app.state.live = Live(office.engine, office.viewer_of_token, now=office.clock.now)
        await push.start()
        office.bells.append(push.announce)
        yield
        office.bells.remove(push.announce)
        await push.stop()

    app = FastAPI(
        title="Yidi",
        summary="Remote off-site bid evaluation: plans, draws, and live allocations",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings, app.state.office, app.state.engine = settings, office, office.engine
    app.state.committed = office.committed
    problems.install(app)
    app.add_middleware(SecurityHeaders)
    for router in ROUTERS:
        app.include_router(router)
    app.webhooks.include_router(webhooks.deliveries)
    app.mount("/docs", StaticFiles(directory=HERE / "docs"), name="docs")
    if (HERE / "console").is_dir():
        app.mount("/", StaticFiles(directory=HERE / "console", html=True), name="console")
    return app

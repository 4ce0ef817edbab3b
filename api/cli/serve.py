"""`yidi serve` and `yidi migrate`: the service and its database."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.calendars import read_calendar
from api.cli.terminal import out
from api.clocks import Clock, SteppedClock, WallClock
from api.courier import Courier, Manner
from api.database import make_engine
from api.database import migrate as migrate_database
from api.demo import Demo, first_moment
from api.files.surroundings import read_surroundings
from api.files.worlds import read_world
from api.keys import load_keys
from api.office import Office
from api.services import accounts, worlds
from api.services.accounts import Issued
from api.settings import Settings
from api.store import venues
from api.targets import Allowed
from api.worker import Worker
from scheduler.rules import RuleBook, default_rule_book
from scheduler.synthetic import World, make_world
from scheduler.timeline import ZONE

DEMO_DATABASE = "sqlite:///yidi-demo.db"


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="A made-up prefecture whose day runs by itself.")
    ] = False,
    speed: Annotated[float, typer.Option(help="Simulated seconds per second of the demo.", min=0.1)] = 60,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 if left out.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 8000 if left out.")] = None,
    world: Annotated[
        Path | None, typer.Option(help="A world file or folder to start an empty database with.")
    ] = None,
    calendar: Annotated[str, typer.Option(help="china, weekdays, or a JSON file of overrides.")] = "china",
) -> None:
    """Run the service: console at /, API at /docs, live channel at /live.

    Example: yidi serve --demo --speed 60

    Settings come from YIDI_… variables; see docs/operations.md.
    """
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if demo and "YIDI_DATABASE_URL" not in os.environ:
        given["database_url"] = DEMO_DATABASE
    settings = Settings(demo=demo, **given)  # type: ignore[arg-type]
    migrate_database(settings.database_url)
    office = open_office(settings, calendar)
    issued = _prepare(office, world, demo)
    _show(issued, settings)
    threads: list[Worker | Demo | Courier] = [*_workers(office, settings)]
    if settings.workers:
        threads.append(Courier(office, manner_of(settings)))
    if isinstance(office.clock, SteppedClock):
        threads.append(Demo(office, office.clock, speed))
    for thread in threads:
        thread.start()
    uvicorn.run(
        create_app(settings, office),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        ws="api.live.transport:PushProtocol",
        ws_per_message_deflate=False,
        server_header=False,
    )
    for thread in threads:
        thread.stop()


def work(
    calendar: Annotated[str, typer.Option(help="china, weekdays, or a JSON file of overrides.")] = "china",
) -> None:
    """Run workers alone, on any machine that reaches the database: they plan, watch and keep terms until stopped.

    Example: YIDI_DATABASE_URL=postgresql://… YIDI_WORKERS=2 yidi work
    """
    settings = Settings()
    office = open_office(settings, calendar)
    workers = _workers(office, settings)
    for worker in workers:
        worker.start()

    def end(*_: object) -> None:
        for worker in workers:
            worker.stop()

    signal.signal(signal.SIGTERM, end)
    try:
        for worker in workers:
            worker.join()
    except KeyboardInterrupt:
        out.print("stopped; what was under way is taken up by others")


def _workers(office: Office, settings: Settings) -> list[Worker]:
    return [
        Worker(
            office,
            f"worker-{n + 1}",
            settings.replay_days,
            lease=timedelta(seconds=settings.worker_lease_seconds),
            shards_from=settings.shards_from,
        )
        for n in range(settings.workers)
    ]


def open_office(settings: Settings, calendar: str = "china") -> Office:
    """The installation that the settings describe; its database has been migrated."""
    book = default_rule_book()
    if settings.rules_file is not None:
        book = RuleBook.parse(settings.rules_file.read_text(encoding="utf-8"), settings.rules_file.name)
    clock: Clock = WallClock()
    engine = make_engine(settings.database_url)
    office = Office(
        engine, book, read_calendar(calendar), load_keys(settings), clock, rehearsal=settings.demo
    )
    if settings.demo:
        office.clock = SteppedClock(first_moment(office, datetime.now(ZONE).date()))
    return office


def manner_of(settings: Settings) -> Manner:
    """How the courier delivers, as the settings say."""
    return Manner(
        Allowed(settings.webhooks_plain_http, settings.webhooks_private),
        settings.webhooks_seconds,
        timedelta(days=settings.webhooks_failing_days),
    )


def _world(path: Path | None, demo: bool) -> World | None:
    if path is not None:
        return read_world(path)
    return make_world() if demo else None


def _prepare(office: Office, path: Path | None, demo: bool) -> list[Issued]:
    """An empty database gets the world and what plans are made around, and the first start its accounts."""
    world = _world(path, demo)
    around = read_surroundings(path, world.venues) if path is not None and world is not None else None
    with office.changing() as session:
        if world is not None and not venues.places(session):
            worlds.load(session, world, office.keys.sealer)
            if around is not None:
                now = office.clock.now()
                worlds.surround(session, around, "world", now, now.astimezone(ZONE).date())
        return accounts.first_accounts(session, office.clock.now())


def _show(issued: list[Issued], settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}/"
    if issued:
        out.print("[bold]Access tokens, shown this once 访问令牌，仅显示一次[/]")
        shown = set()
        for account in issued:
            # One of each role is enough to look around; the administrator can make the others known.
            if settings.demo and account.role in shown:
                continue
            shown.add(account.role)
            out.print(f"  {account.account_id:<16} {account.token}", highlight=False)
    out.print(f"console {address} · API {address}docs · live {address.replace('http', 'ws', 1)}live")


def migrate(
    database_url: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; YIDI_DATABASE_URL, or sqlite:///yidi.db, if left out.")
    ] = None,
) -> None:
    """Bring a database to the current tables; an empty one is made.

    Example: yidi migrate --database-url sqlite:///yidi.db
    """
    url = database_url or os.environ.get("YIDI_DATABASE_URL", "sqlite:///yidi.db")
    migrate_database(url)
    out.print(f"{url.rpartition('@')[2]} is at the current revision")

"""Every route and every kind of event is declared for every role; what is not declared is refused or hidden."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api import access
from api.app import create_app
from api.calendars import published_calendar
from api.clocks import SteppedClock
from api.database import make_engine, migrate
from api.disclosure import EVENT_FIELDS, Role, Viewer, disclose_event
from api.events import Entry, Event
from api.keys import load_keys
from api.kinds import KINDS
from api.office import Office, rehearsal_entropy
from api.services import accounts, worlds
from api.settings import Settings
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world

MORNING = datetime(2026, 11, 25, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The application over a made-up world, with a token for each role in `client.tokens`."""
    settings = Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('access')}/yidi.db")
    migrate(settings.database_url)
    office = Office(
        make_engine(settings.database_url),
        default_rule_book(),
        published_calendar(),
        load_keys(settings),
        SteppedClock(MORNING),
        entropy=rehearsal_entropy(1),
        rehearsal=True,
    )
    with office.changing() as session:
        worlds.load(session, make_world(), office.keys.sealer)
        issued = accounts.first_accounts(session, MORNING)
    with TestClient(create_app(settings, office)) as client:
        client.tokens = {account.role: account.token for account in reversed(issued)}
        client.office = office
        yield client
    office.engine.dispose()


def routes(client):
    """Every operation that the service publishes, with example values in its path."""
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method in operations:
            yield f"{method.upper()} {path}"


def test_every_route_is_declared_and_every_declaration_is_a_route(client):
    published = set(routes(client))
    declared = set(access.ROLES) | access.OPEN
    assert published - declared == set()
    assert set(access.ROLES) - published == set()


@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_is_let_in_just_where_the_table_says(client, role):
    headers = {"Authorization": f"Bearer {client.tokens[role]}"} if role else {}
    for route in routes(client):
        if route in access.OPEN or route == "GET /live/sse":
            continue
        method, path = route.split()
        status = client.request(method, re.sub(r"\{\w+\}", "x", path), headers=headers, json={}).status_code
        if role is None:
            assert status == 401, route
        elif role not in access.ROLES[route]:
            assert status == 403, (route, role)
        else:
            assert status not in (401, 403), (route, role)


def test_every_kind_of_event_has_an_entry_and_no_entry_is_of_an_unknown_kind():
    assert EVENT_FIELDS.keys() == KINDS.keys()


VIEWERS = {
    Role.OPERATOR: Viewer("o", Role.OPERATOR, centre_id="C01", venue_ids=frozenset({"V01"})),
    Role.HOST: Viewer("h", Role.HOST, venue_ids=frozenset({"V01"})),
    Role.SUPERVISOR: Viewer("s", Role.SUPERVISOR, region="5323"),
    Role.EXPERT: Viewer("e", Role.EXPERT, expert_id="E000001"),
    Role.PUBLIC: Viewer("p", Role.PUBLIC),
    Role.ADMINISTRATOR: Viewer("a", Role.ADMINISTRATOR),
    Role.MACHINE: Viewer("m", Role.MACHINE, centre_id="C01", venue_ids=frozenset({"V01"})),
}
TOPICS = (
    "centre/C01",
    "centre/C02",
    "venue/V01",
    "venue/V02",
    "expert/E000001",
    "expert/E000002",
    "region/5323",
    "public",
    "audit",
)
MAY_NAME = {"names.unlocked", "result.published"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", Role)
def test_names_and_drawn_ids_are_in_no_event_that_must_not_have_them(kind, role):
    facts = {name: f"<{name}>" for name in KINDS[kind].facts if name != "shown_from"}
    facts |= {"region": "532301"} if "region" in KINDS[kind].facts else {}
    sealed = {
        "members": [{"name": "张三", "venue_id": venue} for venue in ("V01", "V02")],
        "expert_id": "E000001",
    }
    own = {name: value for name, value in sealed.items() if name in KINDS[kind].sealed}
    event = Event("id", kind, MORNING, "actor", facts, own or None)
    for topic in TOPICS:
        shown = disclose_event(Entry(topic, 1, 1, event), VIEWERS[role], MORNING + timedelta(hours=1))
        if shown is None:
            continue
        assert "members" not in shown or kind in MAY_NAME
        if role is Role.HOST and kind == "names.unlocked" and "members" in shown:
            assert {member["venue_id"] for member in shown["members"]} == {"V01"}
        if role in (Role.PUBLIC, Role.MACHINE, Role.ADMINISTRATOR) and kind != "result.published":
            assert "members" not in shown
        if "expert_id" in shown:
            assert (role, topic) == (Role.EXPERT, "expert/E000001") or role is Role.SUPERVISOR

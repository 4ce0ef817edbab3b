"""Documents keep every value, refuse what they do not know, and match their published schemas."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.calendars import published_calendar
from api.day import embedded_office, first_request, run_day
from api.files import documents
from api.files.formats import DrawRequest, ProblemDocument
from api.files.openings import made_up
from api.files.schemas import SCHEMAS as SCHEMA_NAMES
from api.files.schemas import schema_file, schema_of
from scheduler.errors import BadInput, SchedulerError
from scheduler.planning import Booking, Budget, Part, Plan, Problem, Session, Side, Unscheduled
from scheduler.rules import default_rule_book
from scheduler.supply import supply_of
from scheduler.synthetic import make_world
from scheduler.timeline import ZONE

ON = date(2026, 11, 24)
WORLD = make_world()
BOOK = default_rule_book()
PROJECTS = made_up(ON, WORLD.venues, BOOK).projects[:5]
PROBLEM = Problem(
    PROJECTS,
    WORLD.venues,
    published_calendar(),
    BOOK,
    supply=supply_of(WORLD.pool, {venue.region for venue in WORLD.venues}, PROJECTS),
)
with embedded_office(BOOK, PROBLEM.calendar, ON, seed=1) as office:
    DAY = run_day(office, WORLD, PROBLEM, budget=Budget(20))
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


DOCUMENTS = {
    "yidi/problem/1": documents.problem_document(PROBLEM),
    "yidi/plan/1": documents.dump(DAY.plan),
    "yidi/draw-request/1": documents.dump(first_request(DAY, WORLD)),
    "yidi/world/1": documents.world_document(WORLD),
    "yidi/people/1": documents.people_document(WORLD),
    "yidi/draw/1": json.dumps(dict(next(iter(DAY.draws.values()))[0])),
    "yidi/draw-sealed/1": json.dumps(dict(next(iter(DAY.draws.values()))[1])),
}
PUBLISHED = {
    name: json.loads((SCHEMAS / schema_file(name)).read_text(encoding="utf-8")) for name in SCHEMA_NAMES
}


def test_problem_plan_world_and_request_survive_their_documents():
    assert documents.load_problem(documents.problem_document(PROBLEM)) == PROBLEM
    assert documents.load(Plan, documents.dump(DAY.plan)) == DAY.plan
    world = documents.load_world(documents.world_document(WORLD), documents.people_document(WORLD))
    assert world == WORLD
    request = first_request(DAY, WORLD)
    assert documents.load(DrawRequest, documents.dump(request)) == request


def test_every_field_of_a_problem_is_in_its_document():
    assert {each.name for each in fields(Problem)} - {each.name for each in fields(ProblemDocument)} == {
        "rule_book"
    }


def test_a_world_names_no_expert_outside_its_people():
    text = documents.world_document(WORLD)
    assert not [person for person in WORLD.people if person.telephone in text or f'"{person.name}"' in text]


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_the_published_schema_is_current_and_fits(name):
    assert PUBLISHED[name] == json.loads(json.dumps(schema_of(name)))
    jsonschema.Draft202012Validator.check_schema(PUBLISHED[name])
    jsonschema.validate(json.loads(DOCUMENTS[name]), PUBLISHED[name])


MOMENTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from((UTC, ZONE)),
)
SESSIONS = st.builds(
    lambda start, length: Session(start, start + length),
    MOMENTS,
    st.timedeltas(timedelta(microseconds=1), timedelta(hours=13)),
)
PARTS = st.builds(Part, st.sampled_from(Side), st.text(), st.text(), st.integers(0), st.integers(0))
PLANS = st.builds(
    Plan,
    bookings=st.lists(
        st.builds(
            Booking,
            st.text(),
            st.lists(PARTS, max_size=3).map(tuple),
            st.lists(SESSIONS, max_size=3).map(tuple),
            st.booleans(),
            st.booleans(),
            st.text(),
        ),
        max_size=3,
    ).map(tuple),
    unscheduled=st.lists(st.builds(Unscheduled, st.text(), st.text(), st.text()), max_size=2).map(tuple),
    cost=st.integers(0, 2**70),
    bound=st.integers(0, 2**70),
    seed=st.integers(0, 2**63),
    problem_digest=st.text(),
    rules_digest=st.text(),
)


@settings(max_examples=40, deadline=None)
@given(PLANS)
def test_any_plan_survives_its_document_and_fits_the_schema(plan):
    text = documents.dump(plan)
    assert documents.load(Plan, text.encode()) == plan
    assert documents.dump(documents.load(Plan, text)) == text
    jsonschema.validate(json.loads(text), PUBLISHED["yidi/plan/1"])


@settings(max_examples=40, deadline=None)
@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=400)))
def test_durations_keep_every_microsecond(length):
    project_id = PROBLEM.projects[0].project_id
    problem = PROBLEM.with_(durations=((project_id, length),))
    assert documents.load_problem(documents.problem_document(problem)).durations == ((project_id, length),)


LOADERS = {"yidi/problem/1": ProblemDocument, "yidi/plan/1": Plan, "yidi/draw-request/1": DrawRequest}
SMALL = {
    name: {
        key: value[:2] if isinstance(value, list) else value
        for key, value in json.loads(DOCUMENTS[name]).items()
    }
    for name in LOADERS
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(LOADERS)), st.data())
def test_what_the_schema_refuses_the_reader_refuses(name, data):
    document = json.loads(json.dumps(SMALL[name]))
    place = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans())):
            break
        place = place[key]
    place[key] = data.draw(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(0.1, 0.9)
        | st.text()
        | st.just([])
        | st.just({})
    )
    if jsonschema.Draft202012Validator(PUBLISHED[name]).is_valid(document):
        return
    with pytest.raises(SchedulerError):
        documents.load(LOADERS[name], json.dumps(document))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.pop("cost"), "cost"),
        (lambda d: d["bookings"][0].update(colour="red"), "bookings.0.colour"),
        (lambda d: d["bookings"][0]["sessions"][0].update(start="soon"), "bookings.0.sessions.0.start"),
        (lambda d: d["bookings"][0]["parts"][0].update(seats="3"), "bookings.0.parts.0.seats"),
        (lambda d: d.update(format="yidi/plan/9"), "format"),
    ],
)
def test_a_flaw_is_refused_with_its_place(change, field):
    document = json.loads(documents.dump(DAY.plan))
    change(document)
    with pytest.raises(BadInput) as refusal:
        documents.load(Plan, json.dumps(document))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "[" * 100_000, '{"format": "yidi/plan/1", "cost": NaN}', '{"format": 1, "format": 2}'],
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(BadInput):
        documents.load(Plan, text)


def test_file_names_are_safe_and_distinct():
    names = {documents.file_name(name) for name in ("../../etc", "a/b", "a-b", "项目一", "a b")}
    assert len(names) == 5
    assert not any("/" in name or "." in name for name in names)

"""Documents keep every value, refuse what they do not know, and match their published schemas."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

from api.calendars import published_calendar
from api.day import first_request, rehearsal_entropy, run_day
from api.files import documents
from api.files.openings import made_up
from api.signing import Signer
from scheduler.errors import BadInput
from scheduler.planning import Budget, Plan, Problem
from scheduler.rules import default_rule_book
from scheduler.supply import supply_of
from scheduler.synthetic import World, make_world

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
DAY = run_day(
    PROBLEM,
    WORLD,
    rehearsal_entropy(1),
    "rehearsal",
    Signer(bytes(32)),
    datetime(2026, 11, 23, tzinfo=UTC),
    budget=Budget(20),
)
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def test_problem_plan_world_and_request_survive_their_documents():
    assert documents.load_problem(documents.problem_document(PROBLEM)) == PROBLEM
    assert documents.load(Plan, documents.dump(DAY.plan)) == DAY.plan
    assert documents.load(World, documents.dump(WORLD)) == WORLD
    request = first_request(DAY, WORLD)
    assert documents.load(documents.DrawRequest, documents.dump(request)) == request


@pytest.mark.parametrize("name", documents.FORMATS)
def test_the_published_schema_is_current_and_fits(name):
    published = json.loads((SCHEMAS / f"{name.split('/')[1]}.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(documents.schema_of(name)))
    jsonschema.Draft202012Validator.check_schema(published)
    document = {
        "yidi/problem/1": documents.problem_document(PROBLEM),
        "yidi/plan/1": documents.dump(DAY.plan),
        "yidi/draw-request/1": documents.dump(first_request(DAY, WORLD)),
        "yidi/world/1": documents.dump(WORLD),
    }[name]
    jsonschema.validate(json.loads(document), published)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.pop("cost"), "cost"),
        (lambda d: d["bookings"][0].update(colour="red"), "bookings.0.colour"),
        (lambda d: d["bookings"][0]["sessions"][0].update(start="soon"), "bookings.0.sessions.0.start"),
        (lambda d: d.update(format="yidi/plan/9"), "format"),
    ],
)
def test_a_flaw_is_refused_with_its_place(change, field):
    document = json.loads(documents.dump(DAY.plan))
    change(document)
    with pytest.raises(BadInput) as refusal:
        documents.load(Plan, json.dumps(document))
    assert refusal.value.field == field


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_what_is_no_document_is_refused(text):
    with pytest.raises(BadInput):
        documents.load(Plan, text)


def test_file_names_are_safe_and_distinct():
    names = {documents.file_name(name) for name in ("../../etc", "a/b", "a-b", "项目一", "a b")}
    assert len(names) == 5
    assert not any("/" in name or "." in name for name in names)

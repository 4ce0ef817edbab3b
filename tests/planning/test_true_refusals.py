"""A project alone is left without a place only if trying every place, with the checker as judge, finds none."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import Booking, Budget, Part, Plan, Problem, Refusal, Session, Side, Supply, solve
from scheduler.planning.chance import Chance
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Blocked, Room, Venue
from scheduler.verification.plans import verify_plan
from scheduler.verification.plans.facts import Facts, facts_of, step_up

MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset({date(2026, 11, 24)}), frozenset(), (MONDAY, MONDAY))
NOT_ABOUT_PLACES = {"the_cost_is_as_stated", "the_bound_is_below_the_cost"}


def coarse(text: str) -> RuleBook:
    """The default rules on a grid of an hour, with two working days to split into: few places to try."""
    for name, value in (("plan.grid", '"1 h"'), ("plan.horizon_wd", "2")):
        head = f"[[{name}]]\nvalue = "
        before, after = text.split(head, 1)
        text = before + head + value + "\n" + after.split("\n", 1)[1]
    return RuleBook.parse(text)


BOOK = coarse(default_rule_book().text)


def problem_of(seed: int) -> Problem:
    """One project, a few venues, and much that may be in its way."""
    chance = Chance(seed)

    def pick(options):
        return options[chance.below(len(options))]

    venues = []
    for nth in range(pick([4, 3, 4, 3, 2, 1])):
        opens, closes = pick([(9, 22), (9, 22), (8, 18), (13, 17), (12, 12), (15, 22)])
        rooms = tuple(Room(f"R{nth}{r}", pick([7, 5, 4, 9, 2])) for r in range(pick([1, 2, 2, 1, 2, 0])))
        blocked = ()
        if pick(range(2)):
            start = datetime.combine(MONDAY, time(pick(range(20))), ZONE)
            end = start + timedelta(hours=pick([4, 12, 60, 100]))
            blocked = (Blocked(start, end, pick([None, *(room.room_id for room in rooms)])),)
        region = pick(["532301", "532302", "532303"]) if nth else "532301"
        venues.append(Venue(f"V{nth}", f"C{nth}", "", region, rooms, time(opens), time(closes), blocked))
    experts, representatives = pick([(4, 1), (5, 0), (5, 2), (7, 2), (4, 1), (6, 1), (1, 0)])
    project = Project(
        project_id="P",
        name="",
        kind=ProcurementKind.GP_OPEN,
        category=Category.WORKS,
        home="V0",
        region="532301",
        opening_at=datetime.combine(MONDAY, time(pick([9, 10, 14, 18])), ZONE),
        sections=(Section("1", 3),),
        specialties=((Requirement(frozenset({"A08"})), experts),),
        owner_representatives=representatives,
        guest_count=pick([1, 1, 2]),
        exemption=pick([None] * 5 + [Exemption.SITE_SURVEY]),
    )
    supply = pick([(), (), (Supply("532302", frozenset(), pick([0, 2, 9])),)])
    refusals = pick([(), (Refusal("P", "V1"),)])
    work = timedelta(hours=pick([1, 2, 3, 5, 7]))
    return Problem(
        (project,),
        tuple(venues),
        CALENDAR,
        BOOK,
        supply=supply,
        refusals=refusals,
        durations=(("P", work),),
        seed=pick(range(3)),
    )


def everywhere(problem: Problem, facts: Facts) -> Iterator[Booking]:
    """Each choice of an hour, a room at home, and rooms at as many other venues as the project needs guests."""
    count = facts.project.guest_count if facts.remote else 0
    others = [venue for venue in problem.venues if venue.venue_id != "V0"]
    length = timedelta(minutes=facts.length(step_up(facts.work, facts.grid)))
    for day, hour in product(range(5), range(7, 22)):
        start = datetime.combine(MONDAY + timedelta(days=day), time(hour), ZONE)
        for guests in permutations(others, count):
            for rooms in product(facts.home.rooms, *(venue.rooms for venue in guests)):
                places = zip((facts.home, *guests), rooms, range(count + 1), strict=True)
                parts = tuple(
                    Part(
                        Side.GUEST if n else Side.HOME,
                        venue.venue_id,
                        room.room_id,
                        *map(int, facts.seats(n)),
                    )
                    for venue, room, n in places
                )
                split = day > 0
                avoidable = split and facts.fits_opening_day()
                yield Booking("P", parts, (Session(start, start + length),), split, avoidable, "because")


def is_legal(problem: Problem, booking: Booking) -> bool:
    plan = Plan((booking,), (), 0, 0, problem.seed, problem.digest, problem.rule_book.digest)
    return {violation.rule for violation in verify_plan(problem, plan)} <= NOT_ABOUT_PLACES


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**40).map(problem_of))
def test_who_is_left_without_a_place_could_have_none(problem):
    """Only places in one session are tried: the planner may find one in several where there is none of these."""
    plan = solve(problem, Budget(5))
    facts = facts_of(problem, problem.projects[0])
    possible = isinstance(facts, Facts) and any(
        is_legal(problem, booking) for booking in everywhere(problem, facts)
    )
    assert plan.bookings or not possible, plan.unscheduled

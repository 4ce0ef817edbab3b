"""Frozen planning instances: made from fixed seeds by a generator of this file alone, so that they never drift."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.planning import Problem
from scheduler.planning.chance import Chance
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue

CALENDAR = WorkCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 9)),
    makeup_workdays=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
    covered=(date(2026, 1, 1), date(2026, 12, 31)),
)
MONDAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Shape:
    """What an instance is made of."""

    projects: int
    venues: int
    rooms: tuple[int, int]
    """Fewest and most rooms of a venue."""
    days: int = 1
    prefectures: int = 1
    seed: int = 1
    exempt: float = 0.05
    two_guests: float = 0.1
    many_sections: float = 0.12


SHAPES = {
    "prefecture-day": Shape(30, 11, (2, 4), seed=11),
    "prefecture-busy": Shape(55, 11, (2, 4), seed=12),
    "tight-rooms": Shape(24, 8, (1, 2), seed=13),
    "province-day": Shape(400, 140, (2, 4), prefectures=16, seed=21),
    "province-busy": Shape(600, 140, (2, 4), prefectures=16, seed=22),
    "province-week": Shape(2000, 140, (2, 4), days=5, prefectures=16, seed=23),
}


def instance(name: str) -> Problem:
    """The frozen instance of that name."""
    return make(SHAPES[name])


def make(shape: Shape) -> Problem:
    """The problem of that shape: the same for the same shape, for ever."""
    chance = Chance(shape.seed)
    venues = tuple(_venue(shape, nth, chance) for nth in range(shape.venues))
    weights = [len(venue.rooms) for venue in venues]
    projects = tuple(_project(shape, nth, venues, weights, chance) for nth in range(shape.projects))
    return Problem(projects, venues, CALENDAR, default_rule_book(), seed=shape.seed)


def _venue(shape: Shape, nth: int, chance: Chance) -> Venue:
    prefecture = 5301 + nth % shape.prefectures
    low, high = shape.rooms
    rooms = low + chance.below(high - low + 1)
    seats = (9, 7, 7, 5)
    return Venue(
        venue_id=f"V{nth:03d}",
        centre_id=f"C{nth:03d}",
        name=f"Venue {nth}",
        region=f"{prefecture}{nth // shape.prefectures + 1:02d}",
        rooms=tuple(Room(f"V{nth:03d}-R{room}", seats[room % 4]) for room in range(rooms)),
        opens=time(9),
    )


def _project(
    shape: Shape, nth: int, venues: tuple[Venue, ...], weights: list[int], chance: Chance
) -> Project:
    home = venues[_weighted(weights, chance)]
    day = MONDAY + timedelta(days=nth * shape.days // shape.projects)
    minute = 30 * chance.below(14)
    many = chance.share() < shape.many_sections
    sections = 2 + chance.below(3) if many else 1
    category = (Category.WORKS, Category.WORKS, Category.WORKS_LOW_PRICE, Category.SERVICES, Category.GOODS)[
        chance.below(5)
    ]
    bidders = tuple(3 + chance.below(6) + chance.below(8) * chance.below(2) for _ in range(sections))
    large = chance.share() < 0.25
    codes = frozenset({f"A{chance.below(20) + 1:02d}"})
    exempt = chance.share() < shape.exempt
    guests = 2 if chance.share() < shape.two_guests else 1
    return Project(
        project_id=f"P{nth:05d}",
        name=f"Project {nth}",
        kind=ProcurementKind.CONSTRUCTION,
        category=category,
        home=home.venue_id,
        region=home.region,
        opening_at=datetime(day.year, day.month, day.day, 9, tzinfo=ZONE) + timedelta(minutes=minute),
        sections=tuple(Section(f"S{n}", count) for n, count in enumerate(bidders)),
        specialties=((Requirement(codes), 5 if large else 4),),
        owner_representatives=2 if large else 1,
        guest_count=guests,
        exemption=Exemption.SITE_SURVEY if exempt else None,
    )


def _weighted(weights: list[int], chance: Chance) -> int:
    mark = chance.below(sum(weights))
    for nth, weight in enumerate(weights):
        mark -= weight
        if mark < 0:
            return nth
    return len(weights) - 1

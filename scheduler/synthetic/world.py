"""Centres, venues, experts and organisations of a made-up world, shaped like Chuxiong (楚雄州) and grown from there."""

from dataclasses import dataclass

from scheduler.errors import require
from scheduler.people import Pool
from scheduler.synthetic.chance import Chance
from scheduler.synthetic.experts import Person, make_experts, make_people
from scheduler.synthetic.organisations import Organisation, employers, uscc
from scheduler.synthetic.regions import make_regions
from scheduler.venues import Centre, Room, Venue

_PREFECTURE_ROOMS = (9, 7, 5, 5)
_COUNTY_ROOMS = ((7, 3), (5, 5), (7, 5), (5, 3))
_FURTHER_ROOMS = (3, 5, 7, 9)


@dataclass(frozen=True, slots=True)
class WorldSize:
    """How many centres, seats in all their rooms together (to within one room), and experts."""

    centres: int
    seats: int
    experts: int


SIZES = {
    "chuxiong": WorldSize(11, 150, 2_000),
    "prefecture": WorldSize(11, 150, 2_000),
    "province": WorldSize(145, 3_000, 40_000),
    "nation": WorldSize(3_000, 40_000, 800_000),
}
"""The sizes to plan for; "chuxiong" and "prefecture" are the same world."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that exists before a day begins; `people` alone says who an expert is."""

    centres: tuple[Centre, ...]
    venues: tuple[Venue, ...]
    pool: Pool
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()


def make_world(size: str = "prefecture", seed: int = 0) -> World:
    """The world of that size and seed; the same on every machine."""
    require(size in SIZES, "size", size, f"one of {', '.join(SIZES)}")
    wanted = SIZES[size]
    regions = make_regions(wanted.centres)
    width = len(str(len(regions)))
    centres, organisations = [], []
    for number, (region, name) in enumerate(regions, start=1):
        centre = Centre(f"C{number:0{width}d}", f"{name}公共资源交易中心", region, uscc(region, 900_000))
        centres.append(centre)
        organisations.append(Organisation(centre.uscc, centre.name))
        organisations += employers(region, name)
    pool = Pool.of(make_experts(seed, wanted.experts, [region for region, _ in regions]))
    return World(
        tuple(centres),
        _venues(seed, wanted.seats, centres, [name for _, name in regions]),
        pool,
        tuple(sorted(organisations)),
        make_people(seed, pool),
    )


def _venues(seed: int, seats: int, centres: list[Centre], names: list[str]) -> tuple[Venue, ...]:
    """One venue a centre, the prefecture's own the largest; rooms are added in turn until the seats are there."""
    chance = Chance(seed, "rooms")
    rooms = [
        list(_PREFECTURE_ROOMS if centre.region.endswith("00") else chance.pick(_COUNTY_ROOMS))
        for centre in centres
    ]
    total, turn = sum(map(sum, rooms)), 0
    while total + min(_FURTHER_ROOMS) <= seats:
        size = chance.pick([each for each in _FURTHER_ROOMS if total + each <= seats])
        rooms[turn % len(rooms)].append(size)
        total, turn = total + size, turn + 1
    venues = []
    for centre, name, sizes in zip(centres, names, rooms, strict=True):
        venue_id = "V" + centre.centre_id[1:]
        halls = tuple(Room(f"{venue_id}-R{nth}", size) for nth, size in enumerate(sizes, start=1))
        venues.append(Venue(venue_id, centre.centre_id, f"{name}评标场所", centre.region, halls))
    return tuple(venues)

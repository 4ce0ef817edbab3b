"""Centres, venues and experts of a made-up world, shaped like Chuxiong (楚雄州) and grown from there."""

from dataclasses import dataclass
from datetime import date

from scheduler.errors import require
from scheduler.people import Expert, ExpertStatus, Pool, Tie, TieKind
from scheduler.synthetic.chance import Chance
from scheduler.synthetic.organisations import uscc
from scheduler.synthetic.specialties import FIELDS
from scheduler.venues import Centre, Room, Venue

CHUXIONG = (
    ("532300", "楚雄州本级"),
    ("532301", "楚雄市"),
    ("532302", "禄丰市"),
    ("532322", "双柏县"),
    ("532323", "牟定县"),
    ("532324", "南华县"),
    ("532325", "姚安县"),
    ("532326", "大姚县"),
    ("532327", "永仁县"),
    ("532328", "元谋县"),
    ("532329", "武定县"),
)
"""Region codes (GB/T 2260) and names of the prefecture level and its ten counties."""

_ROOM_SEATS = ((9, 7, 5, 5), (7, 5, 3), (7, 5), (5, 5, 3))
_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗普鲁者起"
_GIVEN = (
    "建国",
    "文华",
    "丽芳",
    "志强",
    "秀英",
    "永明",
    "玉兰",
    "海燕",
    "国栋",
    "春梅",
    "德胜",
    "云霞",
    "家荣",
    "雪梅",
)


@dataclass(frozen=True, slots=True)
class WorldSize:
    """How many centres and experts."""

    prefectures: int
    experts: int


SIZES = {
    "prefecture": WorldSize(1, 2_000),
    "province": WorldSize(13, 40_000),
    "nation": WorldSize(270, 800_000),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who an expert is; kept apart from the engine's `Expert`, which bears only the id."""

    expert_id: str
    name: str
    telephone: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything that exists before a day begins."""

    centres: tuple[Centre, ...]
    venues: tuple[Venue, ...]
    pool: Pool
    people: tuple[Person, ...]


def make_world(size: str = "prefecture", seed: int = 0) -> World:
    """The world of that size and seed; the same on every machine."""
    require(size in SIZES, "size", size, f"one of {', '.join(SIZES)}")
    wanted = SIZES[size]
    regions = _regions(wanted.prefectures)
    centres, venues = [], []
    for number, (region, name) in enumerate(regions, start=1):
        centre_id = f"C{number:02d}"
        centres.append(Centre(centre_id, f"{name}公共资源交易中心", region, uscc(region, 900_000 + number)))
        venues.append(_venue(Chance(seed, f"venue/{number}"), number, centre_id, region, name))
    experts = tuple(_expert(seed, number, regions) for number in range(1, wanted.experts + 1))
    people = tuple(_person(seed, expert.expert_id) for expert in experts)
    return World(tuple(centres), tuple(venues), Pool.of(experts), people)


def _regions(prefectures: int) -> list[tuple[str, str]]:
    """Chuxiong first; further prefectures have its shape, other codes, and numbered names."""
    regions = list(CHUXIONG)
    for nth in range(1, prefectures):
        code = f"{54 + nth // 90}{nth % 90 + 10:02d}"
        regions += [(code + region[4:], f"{nth + 1}号州{name}") for region, name in CHUXIONG]
    return regions


def _venue(chance: Chance, number: int, centre_id: str, region: str, name: str) -> Venue:
    venue_id = f"V{number:02d}"
    # The prefecture's own centre is the largest; each county takes one of the smaller shapes.
    shape = _ROOM_SEATS[0] + (5,) if region.endswith("00") else _ROOM_SEATS[chance.below(len(_ROOM_SEATS))]
    rooms = tuple(Room(f"{venue_id}-R{nth}", seats) for nth, seats in enumerate(shape, start=1))
    return Venue(venue_id, centre_id, f"{name}评标场所", region, rooms)


def _expert(seed: int, number: int, regions: list[tuple[str, str]]) -> Expert:
    chance = Chance(seed, f"expert/{number}")
    region, _ = regions[chance.below(len(regions))]
    field = FIELDS[chance.weighted([field.share for field in FIELDS])]
    specialties = set(chance.sample(field.codes, 1 + chance.weighted((5, 3, 2))))
    if chance.below(5) == 0:
        specialties.add(chance.pick(FIELDS[chance.below(len(FIELDS))].codes))
    # Half of the experts work for a few large employers, so that employer caps bind.
    employer = chance.below(4) if chance.below(2) else 4 + chance.below(60)
    ties: frozenset[Tie] = frozenset()
    if chance.below(20) == 0:
        kind = chance.pick((TieKind.EMPLOYMENT, TieKind.DIRECTORSHIP, TieKind.SHAREHOLDING, TieKind.KIN))
        until = date(2023 + chance.below(3), 1 + chance.below(12), 1) if kind is TieKind.EMPLOYMENT else None
        ties = frozenset({Tie(uscc(region, 500_000 + chance.below(200)), kind, until)})
    return Expert(
        expert_id=f"E{number:06d}",
        employer=uscc(region, employer),
        region=region,
        specialties=frozenset(specialties),
        status=ExpertStatus.SUSPENDED if chance.below(50) == 0 else ExpertStatus.ACTIVE,
        senior=chance.below(3) > 0,
        birth_year=1957 + chance.below(35),
        ties=ties,
    )


def _person(seed: int, expert_id: str) -> Person:
    chance = Chance(seed, f"person/{expert_id}")
    name = chance.pick(_SURNAMES) + chance.pick(_GIVEN)
    return Person(expert_id, name, f"1{chance.pick('3589')}{chance.below(10**9):09d}")

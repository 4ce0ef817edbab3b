"""Made-up experts: where they live, what they know, for whom they work, and with whom they are at odds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.people import Expert, ExpertStatus, Tie, TieKind
from scheduler.synthetic.chance import Chance
from scheduler.synthetic.organisations import EMPLOYERS, LARGE_EMPLOYERS, uscc
from scheduler.synthetic.specialties import FIELDS, Field

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
_SHARES = [field.share for field in FIELDS]
_STATUSES = (ExpertStatus.ACTIVE, ExpertStatus.SUSPENDED, ExpertStatus.LEAVE, ExpertStatus.TRAINING)
_TIES = (TieKind.EMPLOYMENT, TieKind.DIRECTORSHIP, TieKind.SHAREHOLDING, TieKind.KIN)


@dataclass(frozen=True, slots=True)
class Person:
    """Who an expert is; kept apart from the engine's `Expert`, which bears only the id."""

    expert_id: str
    name: str
    telephone: str


def make_experts(seed: int, count: int, regions: Sequence[str]) -> Iterator[Expert]:
    """That many experts spread over the regions, one in turn for each, so that no county goes without."""
    shared: dict[frozenset[str], frozenset[str]] = {}
    for number in range(1, count + 1):
        chance = Chance(seed, f"expert/{number}")
        region = regions[number % len(regions)]
        specialties = _specialties(chance)
        specialties = shared.setdefault(specialties, specialties)
        large = chance.below(2) == 0
        employer = chance.below(LARGE_EMPLOYERS) if large else chance.between(LARGE_EMPLOYERS, EMPLOYERS - 1)
        yield Expert(
            expert_id=f"E{number:06d}",
            employer=uscc(region, employer),
            region=region,
            specialties=specialties,
            status=_STATUSES[chance.weighted((94, 2, 3, 1))],
            senior=chance.below(3) > 0,
            birth_year=1957 + chance.below(35),
            ties=_ties(chance, region) if chance.below(12) == 0 else frozenset(),
            conflicts=_conflicts(chance, number, count, len(regions)),
        )


def make_people(seed: int, experts: Iterable[Expert]) -> tuple[Person, ...]:
    """A name and a telephone number for each expert; namesakes occur, as in life."""
    people = []
    for expert in experts:
        chance = Chance(seed, f"person/{expert.expert_id}")
        name = chance.pick(_SURNAMES) + chance.pick(_GIVEN)
        people.append(Person(expert.expert_id, name, f"1{chance.pick('3589')}{chance.below(10**9):09d}"))
    return tuple(people)


def _specialties(chance: Chance) -> frozenset[str]:
    """One to four codes, most from one branch; the thin codes of a branch are held by few."""
    field = FIELDS[chance.weighted(_SHARES)]
    codes = {_code(chance, field) for _ in range(1 + chance.weighted((5, 3, 2)))}
    if chance.below(3) == 0:
        codes.add(_code(chance, chance.pick(FIELDS)))
    return frozenset(codes)


def _code(chance: Chance, field: Field) -> str:
    return field.codes[chance.weighted(field.weights)]


def _ties(chance: Chance, region: str) -> frozenset[Tie]:
    """A tie to an organisation of the region: an earlier employer, or one directed, owned or close by kin."""
    kind = chance.pick(_TIES)
    until = date(2023 + chance.below(4), 1 + chance.below(12), 1) if kind is TieKind.EMPLOYMENT else None
    return frozenset({Tie(uscc(region, chance.below(EMPLOYERS)), kind, until)})


def _conflicts(chance: Chance, number: int, count: int, step: int) -> frozenset[str]:
    """Now and then another expert of the same county with whom this one must not sit."""
    other = number + step
    return frozenset({f"E{other:06d}"}) if chance.below(200) == 0 and other <= count else frozenset()

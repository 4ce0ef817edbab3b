"""A made-up day of openings with the shape of real ones: most at eleven, few sections, a long tail."""

from dataclasses import dataclass
from datetime import date, datetime, time

from scheduler.projects import Category
from scheduler.synthetic.chance import Chance
from scheduler.synthetic.organisations import EMPLOYERS, uscc
from scheduler.synthetic.regions import CHUXIONG
from scheduler.timeline import ZONE

_CLOCKS = (time(9, 30), time(10), time(11), time(11, 30), time(14, 30), time(16))
_CATEGORIES = (Category.WORKS, Category.SERVICES, Category.GOODS)


@dataclass(frozen=True, slots=True)
class Opening:
    """One row of an openings file: what a centre knows before the day."""

    notice: str
    opening_at: datetime
    category: Category
    organisation: str
    sections: int
    bidders: int


def make_openings(on: date, count: int = 18, seed: int = 0) -> tuple[Opening, ...]:
    """`count` openings on that day; the same for the same seed and day."""
    chance = Chance(seed, f"openings/{on}")
    openings = []
    for number in range(1, count + 1):
        clock = _CLOCKS[chance.weighted((3, 3, 6, 2, 2, 1))]
        sections = (1, 1 + chance.below(4), 4 + chance.below(9))[chance.weighted((10, 5, 1))]
        region, _ = chance.pick(CHUXIONG)
        openings.append(
            Opening(
                notice=f"D{on:%Y%m%d}-{number:03d}",
                opening_at=datetime.combine(on, clock, ZONE),
                category=_CATEGORIES[chance.weighted((7, 2, 1))],
                organisation=uscc(region, chance.below(EMPLOYERS)),
                sections=sections,
                bidders=sections * (2 + chance.below(9)),
            )
        )
    return tuple(openings)

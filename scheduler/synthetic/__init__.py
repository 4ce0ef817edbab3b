"""Made-up worlds from a seed: centres, venues, experts, employers and a day of openings, for demo and tests."""

from scheduler.synthetic.experts import Person
from scheduler.synthetic.openings import Opening, make_openings
from scheduler.synthetic.organisations import Organisation, is_uscc
from scheduler.synthetic.world import SIZES, World, WorldSize, make_world

__all__ = [
    "SIZES",
    "Opening",
    "Organisation",
    "Person",
    "World",
    "WorldSize",
    "is_uscc",
    "make_openings",
    "make_world",
]

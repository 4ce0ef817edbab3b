"""Made-up worlds from a seed: centres, venues, experts, employers and a day of openings, for demo and tests."""

from scheduler.synthetic.openings import make_openings
from scheduler.synthetic.world import SIZES, Person, World, WorldSize, make_world

__all__ = ["SIZES", "Person", "World", "WorldSize", "make_openings", "make_world"]

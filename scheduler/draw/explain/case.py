"""A draw that is wanted: all that decides who may be drawn and whether a panel exists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.bodies import Caps, caps_of, path_of
from scheduler.draw.census import Census
from scheduler.draw.lottery import NoPanel, solve_lottery
from scheduler.eligibility import Engagement, Screened, screen
from scheduler.people import Expert, Pool
from scheduler.planning.outcome import Session
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.slots import Slot


@dataclass(frozen=True, slots=True)
class DrawCase:
    """What `screen` and `solve_lottery` are given for one draw."""

    pool: Pool
    project: Project
    slots: tuple[Slot, ...]
    sessions: tuple[Session, ...]
    rules: Rules
    engagements: tuple[Engagement, ...] = ()
    centre_id: str = ""
    members: tuple[Expert, ...] = ()
    refused: frozenset[str] = frozenset()
    reserved: frozenset[str] = frozenset()
    seats: int | None = None

    @property
    def caps(self) -> Caps:
        """The caps, with the members who already sit counted."""
        return caps_of(self.project, self.rules).after(path_of(member) for member in self.members)

    def screened(self) -> Screened:
        """The pool divided: who may be drawn, and everyone else with the reason."""
        return screen(
            self.pool,
            self.project,
            self.slots,
            self.sessions,
            self.engagements,
            self.rules,
            centre_id=self.centre_id,
            members=self.members,
            refused=self.refused,
            reserved=self.reserved,
        )

    def shortage(self, eligible: Sequence[Expert]) -> "Shortage | None":
        """The violated cut when these experts cannot fill the slots; None when the lottery can be solved."""
        # Slots go by number here: ids may hold anything, and the refusal lists them as one text.
        numbered = tuple(replace(slot, slot_id=str(nth)) for nth, slot in enumerate(self.slots))
        try:
            solve_lottery(numbered, Census.of(eligible, numbered), self.caps, self.seats)
        except NoPanel as none:
            return Shortage(tuple(int(nth) for nth in none.slots.split(", ")), none.needed, none.available)
        return None


@dataclass(frozen=True, slots=True)
class Shortage:
    """Slots, by number, that together need more experts than may sit there together."""

    slots: tuple[int, ...]
    needed: int
    available: int

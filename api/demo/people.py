"""What the made-up people of a demo decide, and when: each choice follows from the seed and its subject."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.synthetic.chance import Chance

MINUTE = timedelta(minutes=1)
ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class People:
    """Hosts, experts and bidders; none of them has a say in who is drawn."""

    seed: int

    def approves(self, request_id: str) -> bool:
        """Nine hosts in ten approve."""
        return self._chance("approves", request_id).below(10) > 0

    def answers_at(self, request_id: str, sent_at: datetime) -> datetime:
        """A host answers within half an hour."""
        return sent_at + self._chance("host", request_id).between(2, 25) * MINUTE

    def accepts(self, engagement_id: str) -> bool | None:
        """Three experts in four accept, one in six declines, and a few never answer."""
        return (True, False, None)[self._chance("accepts", engagement_id).weighted((9, 2, 1))]

    def replies_at(self, engagement_id: str, sent_at: datetime, expires_at: datetime) -> datetime:
        """An expert replies in the time allowed."""
        share = self._chance("replies", engagement_id).between(1, 9)
        return sent_at + (expires_at - sent_at) * share / 10

    def bids(self, project_id: str, section_id: str, expected: int, market: list[str]) -> frozenset[str]:
        """About as many bidders as expected, out of the market; one section in twelve gets too few."""
        chance = self._chance("bids", f"{project_id}/{section_id}")
        wanted = 2 if chance.below(12) == 0 else max(3, expected)
        return frozenset(chance.sample(market, min(wanted, len(market))))

    def arrives_at(self, engagement_id: str, start: datetime) -> datetime:
        """An expert arrives in the half hour before the start."""
        return start - self._chance("arrives", engagement_id).between(3, 30) * MINUTE

    def pace(self, project_id: str) -> float:
        """The time that the evaluation takes, as a share of what is expected: one panel in seven is slow."""
        chance = self._chance("pace", project_id)
        return (chance.between(130, 190) if chance.below(7) == 0 else chance.between(70, 120)) / 100

    def _chance(self, what: str, subject: str) -> Chance:
        return Chance(self.seed, f"demo/{what}/{subject}")

"""What plans are made around, besides projects and venues: given once, before any plan."""

from dataclasses import dataclass

from scheduler.planning.problem import Commitment, Distance, PairCount, Quota, Supply, SupportCount


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Rooms taken elsewhere, histories so far, declared supply, distances and quotas."""

    commitments: tuple[Commitment, ...] = ()
    pair_history: tuple[PairCount, ...] = ()
    support_history: tuple[SupportCount, ...] = ()
    supply: tuple[Supply, ...] = ()
    distances: tuple[Distance, ...] = ()
    quotas: tuple[Quota, ...] = ()

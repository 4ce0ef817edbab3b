"""The census of a draw: how many eligible experts there are of each kind, and who they are.

An expert's *type* is the set of slots the expert can fill. All that the lottery and the sampling need to know of
a million experts are counts by type and body, kept in arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from scheduler.bodies import Body, path_of, refuse_split_employers
from scheduler.errors import BadInput, require
from scheduler.people import Expert
from scheduler.slots import Slot

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Census:
    """Eligible experts in the order of their ids' UTF-8 bytes: each one's type and path, by number.

    `types` and `paths` are sorted and each occurs. `ids` may be any sequence, such as a lazy view of a table.
    """

    types: tuple[tuple[int, ...], ...]
    paths: tuple[Body, ...]
    type_of: Index
    path_of: Index
    ids: Sequence[str]

    @classmethod
    def of(cls, experts: Sequence[Expert], slots: Sequence[Slot]) -> Self:
        """The census of these experts; raises `BadInput` for one who can fill no slot or comes twice."""
        refuse_split_employers(experts)
        ordered = sorted(experts, key=lambda expert: expert.expert_id.encode())
        ids = [expert.expert_id for expert in ordered]
        if twice := next((one for one, other in pairwise(ids) if one == other), None):
            raise BadInput("expert_id", twice, "an expert is in the pool once")
        known: dict[tuple[str, frozenset[str]], tuple[int, ...]] = {}
        fits = []
        for expert in ordered:
            key = (expert.region, expert.specialties)
            if key not in known:
                known[key] = fillable(expert, slots)
            if not known[key]:
                raise BadInput("eligible", expert.expert_id, "every eligible expert can fill a slot")
            fits.append(known[key])
        return cls.from_columns(ids, fits, [path_of(expert) for expert in ordered])

    @classmethod
    def from_columns(cls, ids: Sequence[str], fits: Sequence[tuple[int, ...]], paths: Sequence[Body]) -> Self:
        """The census of experts given by columns, already in order."""
        types, own = sorted(set(fits)), sorted(set(paths))
        number = {one: nth for nth, one in enumerate(types)}
        place = {one: nth for nth, one in enumerate(own)}
        return cls(
            tuple(types),
            tuple(own),
            np.fromiter((number[one] for one in fits), np.int64, len(fits)),
            np.fromiter((place[one] for one in paths), np.int64, len(paths)),
            ids,
        )

    @classmethod
    def from_arrays(
        cls, ids: Sequence[str], masks: NDArray[Any], employers: NDArray[Any], names: Sequence[str]
    ) -> Self:
        """The census of arrays: a bit per slot that an expert can fill, and the number of the employer's name.

        Experts with an empty mask are left out; `names` are sorted, `ids` are in the order of their UTF-8 bytes.
        """
        require(len(ids) == len(masks) == len(employers), "ids", len(ids), "arrays of one length")
        chosen = np.flatnonzero(masks)
        found, type_of = np.unique(masks[chosen], return_inverse=True)
        fits = [tuple(bit for bit in range(int(mask).bit_length()) if int(mask) >> bit & 1) for mask in found]
        order = sorted(range(len(fits)), key=lambda nth: fits[nth])
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        occurring, path_numbers = np.unique(employers[chosen], return_inverse=True)
        return cls(
            tuple(fits[nth] for nth in order),
            tuple(("", names[number], "") for number in occurring.tolist()),
            rank[type_of],
            path_numbers.astype(np.int64),
            _Chosen(ids, chosen),
        )

    def __len__(self) -> int:
        return len(self.type_of)

    @cached_property
    def entries(self) -> tuple[Index, Index, Index]:
        """How many there are by type and path: (type, path, count), only where there is someone."""
        width = len(self.paths)
        pairs, counts = np.unique(self.type_of * width + self.path_of, return_counts=True)
        return pairs // width, pairs % width, counts.astype(np.int64)

    def level(self, nth: int) -> tuple[tuple[Body, ...], Index]:
        """The bodies of a level (0 groups, 1 employers, 2 departments), and for each path the number of its own."""
        return self._levels[nth]

    @cached_property
    def _levels(self) -> list[tuple[tuple[Body, ...], Index]]:
        found = []
        for end in (1, 2, 3):
            cut = [path[:end] for path in self.paths]
            names = tuple(sorted(set(cut)))
            number = {body: nth for nth, body in enumerate(names)}
            found.append((names, np.fromiter((number[body] for body in cut), np.int64, len(cut))))
        return found


class _Chosen(Sequence[str]):
    """The ids at these places of a longer sequence, not copied."""

    def __init__(self, ids: Sequence[str], places: Index) -> None:
        self._ids, self._places = ids, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, nth: Any) -> Any:
        return self._ids[self._places[nth]]


def fillable(expert: Expert, slots: Sequence[Slot]) -> tuple[int, ...]:
    """The indexes of the slots the expert can fill."""
    return tuple(
        index
        for index, slot in enumerate(slots)
        if slot.region == expert.region and slot.requirement.is_met_by(expert.specialties)
    )

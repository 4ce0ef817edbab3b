"""The census of a draw: how many eligible experts there are of each kind, and who they are.

An expert's *type* is the set of slots the expert can fill. All that the lottery and the sampling need to know of
a million experts are counts by type and body, kept in arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from scheduler.bodies import Body, path_of, refuse_split_employers
from scheduler.errors import BadInput, require
from scheduler.people import Expert, refuse_doubles
from scheduler.slots import Reach, Slot

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
    _levels: dict[int, tuple[tuple[Body, ...], Index]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, experts: Sequence[Expert], slots: Sequence[Slot]) -> Self:
        """The census of these experts; raises `BadInput` for one who can fill no slot or comes twice."""
        refuse_split_employers(experts)
        refuse_doubles(experts)
        ordered = sorted(experts, key=lambda expert: expert.expert_id.encode())
        ids = [expert.expert_id for expert in ordered]
        if twice := next((one for one, other in pairwise(ids) if one == other), None):
            raise BadInput("expert_id", twice, "an expert is in the pool once")
        reach = Reach(slots)
        fits = [reach.of(expert.region, expert.specialties) for expert in ordered]
        if () in fits:
            idle = ordered[fits.index(())].expert_id
            raise BadInput("eligible", idle, "every eligible expert can fill a slot")
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
        cls,
        ids: Sequence[str] | NDArray[Any],
        masks: NDArray[Any],
        employers: NDArray[Any],
        names: Sequence[str],
    ) -> Self:
        """The census of arrays: a bit per slot that an expert can fill, and the number of the employer's name.

        Experts with an empty mask are left out. `ids`, text or UTF-8 bytes, are in the order of those bytes, and
        `names` are sorted.
        """
        require(len(ids) == len(masks) == len(employers), "ids", len(ids), "arrays of one length")
        chosen = np.flatnonzero(masks)
        found, type_of = _numbered(masks[chosen])
        fits = [tuple(bit for bit in range(int(mask).bit_length()) if int(mask) >> bit & 1) for mask in found]
        order = sorted(range(len(fits)), key=lambda nth: fits[nth])
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        occurring, path_of = _numbered(employers[chosen])
        return cls(
            tuple(fits[nth] for nth in order),
            tuple(("", names[number], "") for number in occurring.tolist()),
            rank[type_of],
            path_of,
            _Chosen(ids, chosen),
        )

    def __len__(self) -> int:
        return len(self.type_of)

    @cached_property
    def entries(self) -> tuple[Index, Index, Index]:
        """How many there are by type and path: (type, path, count), only where there is someone."""
        width = len(self.paths)
        both = self.type_of * width + self.path_of
        if len(self.types) * width > 8 * len(both) + 65_536:
            pairs, counts = np.unique(both, return_counts=True)
        else:
            counts = np.bincount(both, minlength=1)
            pairs = np.flatnonzero(counts)
            counts = counts[pairs]
        return pairs // width, pairs % width, counts.astype(np.int64)

    def level(self, nth: int) -> tuple[tuple[Body, ...], Index]:
        """The bodies of a level (0 groups, 1 employers, 2 departments), and for each path the number of its own."""
        if nth not in self._levels:
            cut = [path[: nth + 1] for path in self.paths]
            # Paths are sorted, so their beginnings are too.
            starts = np.array([True, *(one != other for one, other in pairwise(cut))], bool)[: len(cut)]
            names = tuple(cut[first] for first in np.flatnonzero(starts).tolist())
            self._levels[nth] = (names, (np.cumsum(starts) - 1).astype(np.int64))
        return self._levels[nth]


def _numbered(values: NDArray[Any]) -> tuple[NDArray[Any], Index]:
    """The values that occur, sorted, and for each place the number of its value; by counting, not by sorting."""
    top = int(values.max(initial=0)) + 1
    if top > 8 * len(values) + 65_536:
        found, number = np.unique(values, return_inverse=True)
        return found, number.astype(np.int64)
    found = np.flatnonzero(np.bincount(values, minlength=top))
    number = np.zeros(top, np.int64)
    number[found] = np.arange(len(found))
    return found, number[values]


class _Chosen(Sequence[str]):
    """The ids at these places of a longer sequence or array, not copied."""

    def __init__(self, ids: Sequence[str] | NDArray[Any], places: Index) -> None:
        self._ids, self._places = ids, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, nth: Any) -> Any:
        found = self._ids[self._places[nth]]
        return found.decode() if isinstance(found, bytes) else str(found)


def fillable(expert: Expert, slots: Sequence[Slot]) -> tuple[int, ...]:
    """The indexes of the slots the expert can fill."""
    return tuple(
        index
        for index, slot in enumerate(slots)
        if slot.region == expert.region and slot.requirement.is_met_by(expert.specialties)
    )

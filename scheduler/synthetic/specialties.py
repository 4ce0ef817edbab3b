"""A small specialty tree in the manner of the 评标专家专业分类标准: letter and pairs of digits."""

from dataclasses import dataclass

from scheduler.projects import Category


@dataclass(frozen=True, slots=True)
class Field:
    """A branch of the tree: its codes, the share of experts who know it, and what it serves."""

    code: str
    name: str
    share: int
    categories: frozenset[Category]
    leaves: tuple[str, ...]
    """From the most held to the thinnest: each is held half as often as the one before, to a floor."""

    @property
    def weights(self) -> tuple[int, ...]:
        """How often experts of the branch hold each code; the last few are thin in any one county."""
        return tuple(max(2, 64 >> nth) for nth in range(len(self.leaves)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that experts hold."""
        return tuple(self.code + leaf for leaf in self.leaves)


_WORKS = frozenset({Category.WORKS, Category.WORKS_LOW_PRICE})

FIELDS = (
    Field("A08", "工程施工", 40, _WORKS, ("0101", "0102", "0103", "0201", "0202", "0301", "0302", "0401")),
    Field("A04", "工程设计", 8, _WORKS | {Category.SERVICES}, ("0101", "0102", "0201", "0301")),
    Field("A07", "工程造价", 24, _WORKS, ("0101", "0102", "0103")),
    Field("A05", "工程监理", 8, frozenset({Category.SERVICES}), ("0101", "0102", "0201")),
    Field("B01", "货物", 10, frozenset({Category.GOODS}), ("0101", "0102", "0201", "0202", "0301")),
    Field("C01", "服务", 10, frozenset({Category.SERVICES, Category.GOODS}), ("0101", "0102", "0201")),
)

"""The independent verifier of draw certificates: no solver, no code of the drawer, no trust in either.

From the public part alone it checks form, digest, signature, and that the lottery is valid and leximin-optimal
for the counts it states. With the sealed part it also checks that those counts are the frozen pool's, that the
reveals are the committed ones, and that the panel is the one the seed gives.
"""

import hmac
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scheduler.verification.draw_parts import Broken, again, check, digest, jcs, pool_leaf, replay, tree_head

MOST_DIGITS = 300
MOST_CELLS = 5_000
"""Bounds on hostile input; an honest certificate stays far below both."""

Signed = Callable[[bytes, bytes, bytes], bool]
"""Whether a signature of a message is by a public key: (key, message, signature)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the verification: its name, whether it holds, and what is wrong if not."""

    name: str
    holds: bool
    detail: str = ""


def verify_draw(public: Any, sealed: Any = None, signed: Signed | None = None) -> tuple[Step, ...]:
    """The steps up to the first that fails; all hold in a sound certificate. Never raises, whatever the input."""
    steps: list[Step] = []
    case = _Case(public, sealed, signed)
    for name, step in case.steps():
        try:
            step()
        except Broken as broken:
            return (*steps, Step(name, False, str(broken)))
        except (
            KeyError,
            IndexError,
            TypeError,
            ValueError,
            AttributeError,
            ZeroDivisionError,
            RecursionError,
        ) as flaw:
            return (*steps, Step(name, False, f"malformed: {type(flaw).__name__}"))
        steps.append(Step(name, True))
    return tuple(steps)


class _Case:
    """A certificate under verification; each step may rely on what earlier steps have established."""

    def __init__(self, public: Any, sealed: Any, signed: Signed | None) -> None:
        self.public, self.sealed, self.signed = public, sealed, signed
        self.seats: list[int] = []
        self.cells: list[tuple[tuple[int, ...], str]] = []
        self.sizes: list[int] = []
        self.chances: list[Fraction] = []
        self.spread: list[tuple[int, int, Fraction]] = []
        self.cap = 0
        self.employers: dict[str, str] = {}

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """The steps in order."""
        steps: list[tuple[str, Callable[[], None]]] = [
            ("form", self.form),
            ("commitment digest", self.commitment_digest),
            ("lottery valid", self.lottery_valid),
            ("lottery optimal", self.lottery_optimal),
        ]
        if self.signed is not None:
            steps.insert(2, ("signature", self.signature))
        if self.sealed is not None:
            steps += [
                ("sealed part", self.sealed_part),
                ("pool", self.pool),
                ("reveals", self.reveals),
                ("panel", self.panel),
            ]
        return steps

    def form(self) -> None:
        """The parts are there, of the right kind, and of bearable size."""
        check(self.public["format"] == "yidi/draw/1", "the format is not yidi/draw/1")
        commitment = self.public["commitment"]
        check(commitment["format"] == "yidi/draw-commitment/1", "the format is not yidi/draw-commitment/1")
        check(commitment["algorithm"] == "yidi-equal-1", "the algorithm is not yidi-equal-1")
        number, previous, reason = _whole(commitment["number"]), commitment["previous"], commitment["reason"]
        check(
            number >= 1 and (number > 1) == (previous is not None) == bool(reason),
            "the chain of draws is broken",
        )
        self.cap = _whole(commitment["employer_cap"])
        check(self.cap >= 1, "the employer cap is below one")
        self.seats = [_whole(slot["seats"]) for slot in commitment["slots"]]
        check(0 < len(self.seats) <= 12 and all(self.seats), "a draw has 1 to 12 slots, each with seats")
        names = [slot["slot_id"] for slot in commitment["slots"]]
        check(len(set(names)) == len(names), "a slot is named twice")
        check(_whole(self.public["drawn"]) == sum(self.seats), "not every seat is filled")

    def commitment_digest(self) -> None:
        """The digest is that of the commitment."""
        stated = digest(jcs(self.public["commitment"]))
        check(
            self.public["commitment_digest"] == stated, "the commitment was changed after its digest was made"
        )

    def signature(self) -> None:
        """The centre's key signed exactly this certificate."""
        assert self.signed is not None
        rest = {name: value for name, value in self.public.items() if name != "signature"}
        algorithm, _, key = self.public["key"].partition(":")
        check(algorithm == "ed25519", "the key's algorithm is unknown")
        good = self.signed(bytes.fromhex(key), jcs(rest), bytes.fromhex(self.public["signature"]))
        check(good, "the signature does not fit the certificate")

    def lottery_valid(self) -> None:
        """Chances lie between 0 and 1, spread over slots that each cell may fill, and fill every seat."""
        stated = self.public["commitment"]["lottery"]
        check(
            max(len(stated[name]) for name in ("cells", "levels")) <= MOST_CELLS, "too many cells or levels"
        )
        check(len(stated["spread"]) <= MOST_CELLS * len(self.seats), "too many loads")
        for cell in stated["cells"]:
            reach = tuple(_whole(slot) for slot in cell["slots"])
            check(bool(reach) and set(reach) <= set(range(len(self.seats))), "a cell reaches an unknown slot")
            check(isinstance(cell["employer"], str), "an employer's tag is not a string")
            self.cells.append((reach, cell["employer"]))
            self.sizes.append(_whole(cell["members"]))
        once = len(set(self.cells)) == len(self.cells) and 0 not in self.sizes
        check(once, "a cell is empty or comes twice")
        eligible = _whole(self.public["commitment"]["pool"]["eligible"])
        check(sum(self.sizes) == eligible, "the cells do not hold all who are eligible")
        chances: dict[int, Fraction] = {}
        for level in stated["levels"]:
            for number in level["cells"]:
                check(
                    _whole(number) < len(self.cells) and _whole(number) not in chances,
                    "a cell has two chances",
                )
                chances[_whole(number)] = _fraction(level["chance"])
        check(len(chances) == len(self.cells), "a cell has no chance")
        self.chances = [chances[number] for number in range(len(self.cells))]
        check(all(0 <= chance <= 1 for chance in self.chances), "a chance is not between 0 and 1")
        loads: defaultdict[int, Fraction] = defaultdict(Fraction)
        filled: defaultdict[int, Fraction] = defaultdict(Fraction)
        for cell_number, slot_number, amount in stated["spread"]:
            cell, slot, load = _whole(cell_number), _whole(slot_number), _fraction(amount)
            check(load >= 0 and slot in self.cells[cell][0], "a cell's load lies on a slot it cannot fill")
            loads[cell] += load
            filled[slot] += load
            self.spread.append((cell, slot, load))
        check(len({entry[:2] for entry in self.spread}) == len(self.spread), "a load is stated twice")
        for cell, size in enumerate(self.sizes):
            check(
                loads[cell] == size * self.chances[cell],
                "a cell's load is not its members times their chance",
            )
        check([filled[slot] for slot in range(len(self.seats))] == self.seats, "a slot is not filled exactly")
        for tag in {tag for _, tag in self.cells if tag}:
            together = sum(loads[cell] for cell, (_, own) in enumerate(self.cells) if own == tag)
            check(together <= self.cap, "an employer exceeds its cap")

    def lottery_optimal(self) -> None:
        """Each level's cut is tight with the earlier cells as fixed and all others at the level's chance.

        In a lottery no worse than this one for the least likely the earlier cells have the same chances and all
        others at least this one; the tight cut then leaves the level's cells nothing more. So by induction no
        lottery is better (leximin).
        """
        fixed: set[int] = set()
        last = Fraction(-1)
        for level in self.public["commitment"]["lottery"]["levels"]:
            chance = _fraction(level["chance"])
            cells = {_whole(number) for number in level["cells"]}
            check(bool(cells) and chance >= last, "the levels do not rise")
            last = chance
            chosen = {_whole(slot) for slot in level["slots"]}
            check(chosen <= set(range(len(self.seats))), "a cut names an unknown slot")
            if level["cut"] == "ceiling":
                proven = chance == 1
            elif level["cut"] == "within":
                proven = self._is_tight_within(chosen, chance, cells, fixed)
            else:
                check(level["cut"] == "toward", "a cut's kind is unknown")
                proven = self._is_tight_toward(chosen, set(level["employers"]), chance, cells, fixed)
            check(proven, f"the cut at chance {chance} does not prove that the least likely cannot have more")
            fixed |= cells

    def _is_tight_within(self, chosen: set[int], chance: Fraction, cells: set[int], fixed: set[int]) -> bool:
        """Cells that reach only the chosen slots have all their seats, and the level's cells are among them."""
        inside = {number for number, (reach, _) in enumerate(self.cells) if set(reach) <= chosen}
        load = sum(self.sizes[n] * (self.chances[n] if n in fixed else chance) for n in inside)
        return cells <= inside and load == sum(self.seats[slot] for slot in chosen)

    def _is_tight_toward(
        self, chosen: set[int], employers: set[str], chance: Fraction, cells: set[int], fixed: set[int]
    ) -> bool:
        """The chosen slots take all that the named employers can spare and all members of the others who reach them."""
        sent = Fraction(self.cap * len(employers))
        held = set()
        for number, (reach, tag) in enumerate(self.cells):
            known = number in fixed
            if tag and tag in employers:
                if chosen.isdisjoint(reach):
                    sent -= self.sizes[number] * (self.chances[number] if known else chance)
                    held.add(number)
            elif not chosen.isdisjoint(reach):
                sent += self.sizes[number] * (self.chances[number] if known else 1)
        tags = {tag for _, tag in self.cells if tag}
        return employers <= tags and cells <= held and sent == sum(self.seats[slot] for slot in chosen)

    def sealed_part(self) -> None:
        """The sealed part is the one the certificate names."""
        check(self.sealed["format"] == "yidi/draw-sealed/1", "the format is not yidi/draw-sealed/1")
        check(digest(jcs(self.sealed)) == self.public["sealed_digest"], "the sealed part was changed")
        check(
            self.sealed["draw_id"] == self.public["commitment"]["draw_id"],
            "the sealed part is of another draw",
        )
        fixed = _whole(self.public["commitment"]["fixed_members"])
        check(len(self.sealed["fixed"]) == fixed, "the fixed members are not as many as committed")

    def pool(self) -> None:
        """The frozen pool has the committed root, and the lottery's cells are exactly its eligible experts."""
        rows: Sequence[Sequence[str]] = self.sealed["pool"]
        stated = self.public["commitment"]["pool"]
        check(
            all(len(row) == 3 and all(isinstance(part, str) for part in row) for row in rows),
            "a row is malformed",
        )
        ids = [row[0].encode() for row in rows]
        check(ids == sorted(set(ids)), "the pool is not sorted, or an expert comes twice")
        check(len(rows) == _whole(stated["size"]), "the pool has another size")
        salt = bytes.fromhex(self.sealed["salt"])
        self._conflicts(salt, {row[0]: row[2] for row in rows})
        check(
            tree_head([pool_leaf(row, salt) for row in rows]) == stated["root"],
            "the pool is not the frozen one",
        )
        sizes: Counter[int] = Counter()
        loads: defaultdict[str, Fraction] = defaultdict(Fraction)
        for _, employer, verdict in rows:
            if not verdict.isdecimal():
                continue
            number = _whole(verdict)
            tag = self.cells[number][1]
            check(
                self.employers.setdefault(employer, tag) == tag,
                "an employer is in a cell of its own only in part",
            )
            sizes[number] += 1
            loads[employer] += self.chances[number]
        check(
            [sizes[number] for number in range(len(self.cells))] == self.sizes,
            "the cells' counts are not the pool's",
        )
        tagged = [tag for tag in self.employers.values() if tag]
        check(len(set(tagged)) == len(tagged), "two employers share a tag")
        check(all(load <= self.cap for load in loads.values()), "an employer exceeds its cap")

    def _conflicts(self, salt: bytes, verdicts: Mapping[str, str]) -> None:
        """The conflicting pairs are the committed ones, of eligible experts, and their bound is right."""
        stated, pairs = self.public["commitment"]["conflicts"], self.sealed["conflicts"]
        check(all(len(pair) == 2 for pair in pairs), "a conflict is not a pair")
        own = hmac.digest(salt, b"", "sha256").hex()
        check(digest(jcs([own, pairs])) == stated["digest"], "the conflicts are not the frozen ones")
        check(len(pairs) == _whole(stated["pairs"]), "the conflicts are not as many as committed")
        shift = Fraction(0)
        for pair in pairs:
            check(
                all(verdicts[one].isdecimal() for one in pair), "a conflict is not between eligible experts"
            )
            shift += min(self.chances[_whole(verdicts[one])] for one in pair)
        check(min(shift, Fraction(1)) == _fraction(stated["most_shift"]), "the bound on conflicts is wrong")

    def reveals(self) -> None:
        """Each reveal is the committed one, and the seed is their hash."""
        commitment = self.public["commitment"]
        promised = {entry["party"]: entry["commitment"] for entry in commitment["parties"]}
        revealed = [(entry["party"], bytes.fromhex(entry["nonce"])) for entry in self.sealed["reveals"]]
        names = [party for party, _ in revealed]
        check(
            names == sorted(set(names), key=lambda name: name.encode()) and bool(names),
            "reveals are not in order",
        )
        check(
            sorted(set(promised) - set(names)) == sorted(self.public["withheld"]),
            "withheld reveals are not named",
        )
        seed = b"yidi/seed/1\x00" + bytes.fromhex(self.public["commitment_digest"].removeprefix("sha256:"))
        for party, nonce in revealed:
            said = (
                b"yidi/party/1\x00"
                + commitment["draw_id"].encode()
                + b"\x00"
                + party.encode()
                + b"\x00"
                + nonce
            )
            check(
                len(nonce) == 32 and digest(said) == promised[party],
                f"the reveal of {party} is not the committed one",
            )
            seed += party.encode() + b"\x00" + nonce
        check(digest(seed) == "sha256:" + self.sealed["seed"], "the seed is not the hash of the reveals")

    def panel(self) -> None:
        """The panel follows from lottery and seed."""
        slots = [slot["slot_id"] for slot in self.public["commitment"]["slots"]]
        tags: Mapping[str, str] = {tag: employer for employer, tag in self.employers.items() if tag}
        cells = [(reach, tags.get(tag, "")) for reach, tag in self.cells]
        seed, attempts = bytes.fromhex(self.sealed["seed"]), _whole(self.sealed["attempts"])
        check(1 <= attempts <= 1_000, "the number of attempts is out of range")
        for attempt in range(1, attempts + 1):
            drawn = replay(cells, self.spread, self.sealed["pool"], len(slots), seed)
            panel = {expert for _, expert in drawn}
            clash = any(set(pair) <= panel for pair in self.sealed["conflicts"])
            check(clash == (attempt < attempts), "the panel is not the first without a conflicting pair")
            seed = again(seed)
        verdicts = {row[0]: _whole(row[2]) for row in self.sealed["pool"] if row[2].isdecimal()}
        expected = [
            {"chance": str(self.chances[verdicts[expert]]), "expert_id": expert, "slot_id": slots[slot]}
            for slot, expert in drawn
        ]
        check(self.sealed["panel"] == expected, "the panel is not the one the seed gives")


def _whole(text: Any) -> int:
    """A non-negative whole number written in plain digits."""
    plain = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    check(plain and (text == "0" or not text.startswith("0")), "a number is not written in plain digits")
    return int(text)


def _fraction(text: Any) -> Fraction:
    """A non-negative fraction in lowest terms, "p/q" or "p"."""
    check(isinstance(text, str), "a fraction is not a string")
    above, slash, below = text.partition("/")
    value = Fraction(_whole(above), _whole(below) if slash else 1)
    check(str(value) == text, "a fraction is not in lowest terms")
    return value

"""The independent verifier of draw certificates: no solver, no code of the drawer, no trust in either.

From the public part alone it checks form, digest, signature, and that the lottery is valid and leximin-optimal
for the counts it states. With the sealed part it also checks that those counts are the frozen pool's, that the
reveals are the committed ones, and that the panel is the one the seed gives.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from scheduler.verification.draws.lottery import LEVELS, Lottery
from scheduler.verification.draws.panels import Panels
from scheduler.verification.draws.parts import (
    again,
    check,
    digest,
    fraction,
    jcs,
    moment,
    pool_leaf,
    seed_of,
    tree_head,
    unhex,
    whole,
)
from scheduler.verification.draws.replay import Path, Person, Replay, draw_by_list
from scheduler.verification.draws.scarcity import all_needed, most_seated
from scheduler.verification.draws.steps import Check, Step, run

MOST_ATTEMPTS = 1_000
MOST_WORK = 20_000_000
"""Attempts times people: a bound on hostile input."""

MOST_ATOMS = 200
"""A bound on atoms, patterns and levels of listed panels."""

Signed = Callable[[bytes, bytes, bytes], bool]
"""Whether a signature of a message is by a public key: (key, message, signature)."""

Shone = Callable[[str, bytes, int, bytes], bool]
"""Whether a beacon's signature is the round's: (scheme, public key, round, signature)."""


def verify_draw(
    public: Any, sealed: Any = None, signed: Signed | None = None, shone: Shone | None = None
) -> tuple[Step, ...]:
    """The steps up to the first that fails; all hold in a sound certificate. Never raises, whatever the input."""
    return run(_Case(public, sealed, signed, shone).steps())


class _Case:
    """A certificate under verification; each step may rely on what earlier steps have established."""

    lottery: Lottery

    def __init__(self, public: Any, sealed: Any, signed: Signed | None, shone: Shone | None) -> None:
        self.public, self.sealed, self.signed, self.shone = public, sealed, signed, shone
        self.people: list[Person] = []
        self.room: dict[Path, int] = {}
        self.replay: Replay | None = None
        self.listed: Panels | None = None

    def steps(self) -> list[tuple[str, Check]]:
        """The steps in order."""
        steps: list[tuple[str, Check]] = [
            ("form", self.form),
            ("commitment digest", self.commitment_digest),
            ("signature", self.signature),
            ("beacon", self.beacon),
            ("lottery valid", self.lottery_valid),
            ("lottery optimal", self.lottery_optimal),
        ]
        if self.sealed is not None:
            steps += [
                ("sealed part", self.sealed_part),
                ("pool", self.pool),
                ("reserved", self.reserved),
                ("conflicts", self.conflicts),
                ("reveals", self.reveals),
                ("panel", self.panel),
            ]
        return steps

    @property
    def _said(self) -> Mapping[str, Any]:
        commitment: Mapping[str, Any] = self.public["commitment"]
        return commitment

    def form(self) -> None:
        """The parts are there, of the right kind, and of bearable size."""
        check(self.public["format"] == "yidi/draw/1", "the format is not yidi/draw/1")
        said = self._said
        check(said["format"] == "yidi/draw-commitment/1", "the format is not yidi/draw-commitment/1")
        check(said["algorithm"] == "yidi-draw-1", "the algorithm is not yidi-draw-1")
        check(said["method"] in ("equal", "sequential", "panels"), "the method is unknown")
        number, previous, reason = whole(said["number"]), said["previous"], said["reason"]
        chained = number >= 1 and (number > 1) == (previous is not None) == bool(reason)
        check(chained, "the chain of draws is broken")
        check(number > 1 or whole(said["fixed_members"]) == 0, "a first draw keeps members")
        parties = [entry["party"].encode() for entry in said["parties"]]
        check(parties == sorted(set(parties)), "the parties are not in order, or one comes twice")
        self.lottery = Lottery(said)
        self.lottery.slots_hold_the_seats()
        exact = all(slot.least == slot.most for slot in self.lottery.slots)
        check(exact or said["method"] != "sequential", "list by list, slots have exact seats")
        check(
            (said["sequential"] is None) == (said["method"] != "sequential"),
            "the estimates do not fit the method",
        )
        check(("panels" in said) == (said["method"] == "panels"), "the panels do not fit the method")
        check(whole(self.public["drawn"]) == self.lottery.seats, "not every seat is filled")
        check(
            moment(said["committed_at"]) <= moment(self.public["completed_at"]),
            "it was completed before it began",
        )
        late = said["reveal_by"] is not None and moment(said["reveal_by"]) < moment(said["committed_at"])
        check(not late, "the parties could not reveal in time")
        joint = said["joint"]
        check(
            joint is None or 1 <= whole(joint["place"]) <= whole(joint["draws"]),
            "its place among the draws is wrong",
        )

    def commitment_digest(self) -> None:
        """The digest is that of the commitment."""
        stated = digest(jcs(self._said))
        check(
            self.public["commitment_digest"] == stated, "the commitment was changed after its digest was made"
        )

    def signature(self) -> str | None:
        """The centre's key signed exactly this certificate."""
        if self.signed is None:
            return "not checked here"
        rest = {name: value for name, value in self.public.items() if name != "signature"}
        algorithm, _, key = self.public["key"].partition(":")
        check(algorithm == "ed25519", "the key's algorithm is unknown")
        good = self.signed(unhex(key), jcs(rest), unhex(self.public["signature"]))
        check(good, "the signature does not fit the certificate")
        return None

    def beacon(self) -> str | None:
        """The beacon's signature is that of the committed round; none if none was committed to."""
        plan, signature = self._said["beacon"], unhex(self.public["beacon_signature"])
        if plan is None:
            check(not signature, "a beacon was used that was not committed to")
            return "none was committed to"
        check(bool(signature), "the committed beacon is missing")
        if self.shone is None:
            return "its signature was not checked here"
        good = self.shone(plan["scheme"], unhex(plan["public_key"]), whole(plan["round"]), signature)
        check(good, "the beacon's signature is not that of the committed round")
        return None

    def lottery_valid(self) -> None:
        """The chances are a lottery over whole panels of all who are eligible."""
        self.lottery.is_valid(whole(self._said["pool"]["eligible"]))
        if self._said["sequential"] is not None:
            estimates = [fraction(chance) for chance in self._said["sequential"]["chances"]]
            check(len(estimates) == len(self.lottery.sizes), "an estimate is missing")

    def lottery_optimal(self) -> None:
        """No lottery gives the least likely more."""
        self.lottery.is_optimal()

    def sealed_part(self) -> None:
        """The sealed part is the one the certificate names."""
        check(self.sealed["format"] == "yidi/draw-sealed/1", "the format is not yidi/draw-sealed/1")
        check(digest(jcs(self.sealed)) == self.public["sealed_digest"], "the sealed part was changed")
        check(self.sealed["draw_id"] == self._said["draw_id"], "the sealed part is of another draw")
        fixed = whole(self._said["fixed_members"])
        check(len(self.sealed["fixed"]) == fixed, "the fixed members are not as many as committed")
        for member in self.sealed["fixed"]:
            fraction(member["chance"])
            texts = [member["expert_id"], member["slot_id"], *member["path"]]
            formed = len(texts) == 5 and all(isinstance(text, str) for text in texts)
            check(formed and isinstance(member["path"], list), "a fixed member is malformed")

    def pool(self) -> None:
        """The frozen pool has the committed root, and the lottery's cells are exactly its eligible experts."""
        rows: Sequence[Sequence[str]] = self.sealed["pool"]
        stated = self._said["pool"]
        formed = all(len(row) == 5 and all(isinstance(part, str) for part in row) for row in rows)
        check(formed, "a row is malformed")
        ids = [row[0].encode() for row in rows]
        check(ids == sorted(set(ids)), "the pool is not sorted, or an expert comes twice")
        check(len(rows) == whole(stated["size"]), "the pool has another size")
        salt = unhex(self.sealed["salt"])
        check(
            tree_head([pool_leaf(row, salt) for row in rows]) == stated["root"],
            "the pool is not the frozen one",
        )
        groups: dict[str, str] = {}
        for expert_id, group, employer, department, verdict in rows:
            if verdict.isdecimal():
                check(groups.setdefault(employer, group) == group, "an employer is in two groups")
                self.people.append(
                    Person(expert_id, whole(verdict), self._chain((group, employer, department)))
                )
        counts = Counter(person.cell for person in self.people)
        sizes = [counts[cell] for cell in range(len(self.lottery.sizes))]
        check(sizes == self.lottery.sizes, "the cells' counts are not the pool's")
        self._bodies()

    def _chain(self, path: Path) -> tuple[Path, ...]:
        """The capped bodies of a path, from the outside in."""
        caps = self.lottery.caps
        return tuple(path[: level + 1] for level in range(3) if path[level] and caps[level] is not None)

    def _bodies(self) -> None:
        """Every numbered body is one body of the pool, with all its people; no body at all exceeds its cap."""
        lottery = self.lottery
        names: dict[int, Path] = {}
        for person in self.people:
            for body in lottery.around(lottery.body[person.cell]):
                level = lottery.bodies[body][0]
                own = next((part for part in person.chain if len(part) == level + 1), ())
                check(
                    own != () and names.setdefault(body, own) == own,
                    "a body's cell holds people of another body",
                )
        numbers = {name: body for body, name in names.items()}
        check(len(numbers) == len(lottery.bodies), "a body is numbered twice or has nobody")
        loads: dict[Path, Fraction] = {}
        for person in self.people:
            inner = next((numbers[part] for part in reversed(person.chain) if part in numbers), None)
            check(inner == lottery.body[person.cell], "a body is in cells of its own only in part")
            for part in person.chain:
                loads[part] = loads.get(part, Fraction(0)) + lottery.chances[person.cell]
        seated = Counter(
            part for member in self.sealed["fixed"] for part in self._chain(tuple(member["path"]))
        )
        for part, load in loads.items():
            self.room[part] = (lottery.caps[len(part) - 1] or 0) - seated[part]
            check(load <= self.room[part], f"a {LEVELS[len(part) - 1]} exceeds its cap")
        good = all(lottery.bodies[body][1] == self.room[name] for body, name in names.items())
        check(good, "a body's cap is not the rule's less the members already seated")

    def conflicts(self) -> str | None:
        """The conflicting pairs are the committed ones, of eligible experts, and their bound is right.

        Where whole panels were listed to keep conflicts or quotas, those are valid, and fair as far as can be seen.
        """
        stated, pairs = self._said["conflicts"], self.sealed["conflicts"]
        check(all(len(pair) == 2 for pair in pairs), "a conflict is not a pair")
        check(self._hidden(pairs) == stated["digest"], "the conflicts are not the frozen ones")
        check(len(pairs) == whole(stated["pairs"]), "the conflicts are not as many as committed")
        chances = {person.expert_id: self.lottery.chances[person.cell] for person in self.people}
        known = all(one in chances and other in chances and one != other for one, other in pairs)
        check(known, "a conflict is not between two eligible experts")
        if self._said["method"] == "panels":
            loose: Sequence[Sequence[str]] = ()  # every listed panel keeps every pair apart
        else:
            self.replay = Replay(self.lottery, self.people, pairs)
            loose = self.replay.loose
        check(len(loose) == whole(stated["loose"]), "the loose conflicts are not as many as committed")
        shift = sum((min(chances[one], chances[other]) for one, other in loose), Fraction(0))
        check(min(shift, Fraction(1)) == fraction(stated["most_shift"]), "the bound on conflicts is wrong")
        check(("panels" in self.sealed) == ("panels" in self._said), "the panels are not as committed")
        return self._panels() if "panels" in self.sealed else None

    def _panels(self) -> str | None:
        """The listed panels are the committed ones, valid, and as fair as their prices prove."""
        stated, listed = self._said["panels"], self.sealed["panels"]
        check(self._hidden(listed) == stated["digest"], "the panels are not the committed ones")
        small = max(len(listed[name]) for name in ("atoms", "patterns", "levels", "quotas")) <= MOST_ATOMS
        check(small, "there are too many atoms or panels")
        self.listed = Panels(listed, self.lottery, self.people, self.room, self.sealed["conflicts"])
        self.listed.are_valid()
        members = Counter[Fraction]()
        for size, chance in zip(self.listed.sizes, self.listed.chances, strict=True):
            members[chance] += size
        told = [[str(chance), str(members[chance])] for chance in sorted(members)]
        check(stated["chances"] == told, "the chances are not those of the panels")
        return self.listed.are_optimal()

    def _hidden(self, value: Any) -> str:
        """The digest of something sealed, which nobody can guess without the salt."""
        own = hmac.digest(unhex(self.sealed["salt"]), b"", hashlib.sha256).hex()
        return digest(jcs([own, value]))

    def reveals(self) -> None:
        """Each reveal is the committed one, and the seed is their hash."""
        said, committed = self._said, self.public["commitment_digest"]
        seed, left = seed_of(said["draw_id"], said["parties"], self.sealed["reveals"], committed)
        check(left == self.public["withheld"], "withheld reveals are not named")
        if said["beacon"] is not None:
            seed += hashlib.sha256(unhex(self.public["beacon_signature"])).digest()
        check(digest(seed) == "sha256:" + self.sealed["seed"], "the seed is not the hash of the reveals")

    def panel(self) -> None:
        """The panel follows from lottery and seed."""
        seed, attempts = unhex(self.sealed["seed"]), whole(self.sealed["attempts"])
        bearable = attempts * len(self.people) <= MOST_WORK or attempts == 1
        check(1 <= attempts <= MOST_ATTEMPTS and bearable, "the number of attempts is out of range")
        stranded = {whole(entry["attempt"]): entry for entry in self.sealed["stranded"]}
        check(len(stranded) == len(self.sealed["stranded"]), "an attempt is explained twice")
        check(not stranded or self._said["joint"] is not None, "a draw of its own strands nobody")
        drawn: list[tuple[int, str]] = []
        for attempt in range(1, attempts + 1):
            drawn = self._drawn(seed)
            panel = {expert for _, expert in drawn}
            clash = not drawn or any(set(pair) <= panel for pair in self.sealed["conflicts"])
            if not clash and attempt in stranded:
                entry = stranded.pop(attempt)
                short = sum(most_seated(entry, panel).values()) < whole(entry["needed"])
                check(short, "a panel was passed over that would have stranded nobody")
                clash = True
            check(clash == (attempt < attempts), "the panel is not the first that may be taken")
            seed = again(seed)
        check(not stranded, "an attempt is explained that was not passed over for others")
        chances = {person.expert_id: self.lottery.chances[person.cell] for person in self.people}
        if self.listed is not None:
            each = zip(self.listed.atoms, self.listed.chances, strict=True)
            chances = {one: chance for atom, chance in each for one in atom}
        expected = [
            {
                "chance": str(chances[expert]),
                "expert_id": expert,
                "slot_id": self.lottery.slots[slot].slot_id,
            }
            for slot, expert in drawn
        ]
        check(self.sealed["panel"] == expected, "the panel is not the one the seed gives")

    def _drawn(self, seed: bytes) -> list[tuple[int, str]]:
        if self.listed is not None:
            return self.listed.panel(seed)
        if self._said["method"] == "sequential":
            return draw_by_list(self.lottery, self.people, self.room, self.sealed["conflicts"], seed)
        assert self.replay is not None
        return self.replay.panel(seed)

    def reserved(self) -> None:
        """Experts were left out for other draws only if those cannot do without them."""
        entry = self.sealed["reserved"]
        out = {row[0] for row in self.sealed["pool"] if row[4] == "reserved"}
        check(entry is not None or not out, "experts are reserved without a reason")
        if entry is not None:
            check(self._said["joint"] is not None, "a draw of its own reserves nobody")
            all_needed(entry, out)

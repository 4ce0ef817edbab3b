"""The two acts of a draw: commit before any seed exists, complete once the parties have revealed.

`commit` freezes pool, slots, rules and lottery in one signed-for digest; `complete` turns reveals into the seed,
the seed into the panel, and both into a certificate with a public and a sealed part (`docs/certificate.md`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from scheduler.bodies import Caps
from scheduler.draw.canonical import (
    canonical,
    inclusion_proof,
    leaf,
    leaf_salt,
    merkle_root,
    randomness_of,
    seed_of,
    sha256,
    utc_text,
)
from scheduler.draw.census import Census
from scheduler.draw.conflicts import (
    MOST_ATTEMPTS,
    Pair,
    PanelsPassedOver,
    clash,
    most_shift,
    next_seed,
    pairs_of,
)
from scheduler.draw.lottery import Lottery, solve_lottery
from scheduler.draw.order import Drawn, DrawOrder, Member, Method, Scarcity
from scheduler.draw.patterns import Patterns, QuotasUnmet, TooManyKinds, atoms_of, solve_patterns
from scheduler.draw.reveals import RevealRefused, check_reveals
from scheduler.draw.sampling import Drawing
from scheduler.draw.sequential import RUNS, ByList
from scheduler.draw.writing import (
    Row,
    write_caps,
    write_lottery,
    write_member,
    write_panels,
    write_panels_public,
    write_pool,
    write_scarcity,
    write_slot,
)
from scheduler.eligibility import Screened
from scheduler.errors import BadInput, require

ALGORITHM = "yidi-draw-1"


@dataclass(frozen=True)
class Prepared:
    """A committed draw: the public commitment, and what must stay sealed."""

    order: DrawOrder
    drawing: Drawing
    by_list: ByList | None
    patterns: Patterns | None
    commitment: Mapping[str, Any]
    digest: str
    salt: bytes
    pool: tuple[Row, ...]
    conflicts: tuple[Pair, ...]

    @property
    def lottery(self) -> Lottery:
        """The equal lottery of the flow; for other methods it is only there to compare."""
        return self.drawing.lottery


def commit(
    order: DrawOrder, screened: Screened, parties: Mapping[str, str], salt: bytes, committed_at: datetime
) -> Prepared:
    """The draw with everything fixed that can be fixed before a seed exists.

    `parties` maps each party to its commitment (`party_commitment`), `salt` has 32 bytes and stays sealed.
    Raises `NoPanel` when no valid panel exists, conflicts between members apart, `QuotasUnmet` when quotas leave
    none, and `TooManyKinds` when they cannot be drawn under exactly.
    """
    require(len(salt) == 32, "salt", f"{len(salt)} bytes", "32 bytes")
    require(bool(parties), "parties", "", "at least one party provides randomness")
    census = Census.of(screened.eligible, order.slots)
    caps = order.caps.after(path for _, path in order.fixed)
    lottery = solve_lottery(order.slots, census, caps, order.seats)
    conflicts = pairs_of(screened.eligible)
    number = {expert_id: nth for nth, expert_id in enumerate(census.ids)}
    apart = [(number[one], number[other]) for one, other in conflicts]
    drawing = Drawing(lottery, census, apart)
    pool = write_pool(screened, drawing)
    root = merkle_root([leaf(row, salt) for row in pool])
    by_list, estimates = None, None
    if order.method is Method.SEQUENTIAL:
        by_list = ByList(order.slots, census, caps, apart)
        sizes = [size for _, size in lottery.counts]
        chances = by_list.estimate(root, drawing.cell_of.tolist(), sizes)
        estimates = {"chances": [str(chance) for chance in chances], "runs": str(RUNS)}
    patterns = _patterns(order, drawing, caps, apart)
    method = order.method if patterns is None else Method.PANELS
    loose = [] if patterns else [(census.ids[one], census.ids[other]) for one, other in drawing.loose]
    cells = drawing.cell_of.tolist()
    commitment: dict[str, Any] = {
        "format": "yidi/draw-commitment/1",
        "algorithm": ALGORITHM,
        "assurance": order.assurance,
        "beacon": None
        if order.beacon is None
        else {
            "chain": order.beacon.chain,
            "public_key": order.beacon.public_key,
            "round": str(order.beacon.round),
            "scheme": order.beacon.scheme,
        },
        "caps": write_caps(order),
        "committed_at": utc_text(committed_at),
        "conflicts": {
            "digest": sha256(canonical([leaf_salt(salt, "").hex(), [list(pair) for pair in conflicts]])),
            "loose": str(len(loose)),
            "most_shift": str(
                most_shift(loose, lambda one: lottery.chances[drawing.cells[cells[number[one]]]])
            ),
            "pairs": str(len(conflicts)),
        },
        "draw_id": order.draw_id,
        "fixed_members": str(len(order.fixed)),
        "joint": None
        if order.joint is None
        else {
            "batch": order.joint.batch,
            "draws": str(order.joint.draws),
            "place": str(order.joint.place),
        },
        "lottery": write_lottery(lottery),
        "method": method.value,
        "number": str(order.number),
        "parties": [
            {"commitment": parties[party], "party": party} for party in sorted(parties, key=str.encode)
        ],
        "pool": {
            "eligible": str(len(screened.eligible)),
            "root": "sha256:" + root.hex(),
            "size": str(len(pool)),
        },
        "previous": order.previous,
        "project_id": order.project_id,
        "reason": order.reason,
        "reveal_by": None if order.reveal_by is None else utc_text(order.reveal_by),
        "rules_digest": order.rules_digest,
        "seats": str(lottery.seats),
        "sequential": estimates,
        "slots": [write_slot(slot) for slot in order.slots],
    }
    if patterns is not None:
        commitment["panels"] = write_panels_public(patterns, write_panels(order, patterns, census), salt)
    digest = sha256(canonical(commitment))
    return Prepared(order, drawing, by_list, patterns, commitment, digest, salt, pool, conflicts)


def complete(
    prepared: Prepared,
    reveals: Mapping[str, bytes],
    completed_at: datetime,
    sign: Callable[[bytes], bytes],
    public_key: bytes,
    *,
    beacon_signature: bytes = b"",
    strands: Callable[[Collection[str]], Scarcity | None] = lambda panel: None,
) -> Drawn:
    """The panel that the reveals give, with its certificate.

    A party that does not reveal is named and left out; the draw is never started anew for it. `strands` says
    whether a panel would leave another draw of the batch without experts; such a panel is passed over. Raises
    `RevealRefused` when a reveal does not match its commitment, nobody reveals or the beacon is missing, and
    `PanelsPassedOver` when no panel comes up that may be taken.
    """
    order = prepared.order
    check_reveals(order.draw_id, prepared.commitment["parties"], reveals)
    if bool(beacon_signature) != (order.beacon is not None):
        raise RevealRefused("beacon", "the round's signature comes exactly if a beacon was committed to")
    randomness = randomness_of(beacon_signature) if beacon_signature else b""
    seed = seed_of(prepared.digest, reveals, randomness)
    joint = order.joint
    attempts, members, stranded = _sample(prepared, seed, strands)
    sealed: dict[str, Any] = {
        "attempts": str(attempts),
        "conflicts": [list(pair) for pair in prepared.conflicts],
        "draw_id": order.draw_id,
        "fixed": [{**write_member(member), "path": list(path)} for member, path in order.fixed],
        "format": "yidi/draw-sealed/1",
        "panel": [write_member(member) for member in members],
        "pool": [list(row) for row in prepared.pool],
        "reserved": None if joint is None or joint.reserved is None else write_scarcity(joint.reserved),
        "reveals": [
            {"nonce": reveals[party].hex(), "party": party} for party in sorted(reveals, key=str.encode)
        ],
        "salt": prepared.salt.hex(),
        "seed": seed.hex(),
        "stranded": [{"attempt": str(attempt), **write_scarcity(why)} for attempt, why in stranded],
    }
    if prepared.patterns is not None:
        sealed["panels"] = write_panels(order, prepared.patterns, prepared.drawing.census)
    public = {
        "beacon_signature": beacon_signature.hex(),
        "commitment": prepared.commitment,
        "commitment_digest": prepared.digest,
        "completed_at": utc_text(completed_at),
        "drawn": str(len(members)),
        "format": "yidi/draw/1",
        "key": "ed25519:" + public_key.hex(),
        "sealed_digest": sha256(canonical(sealed)),
        "withheld": [
            entry["party"] for entry in prepared.commitment["parties"] if entry["party"] not in reveals
        ],
    }
    return Drawn(members, {**public, "signature": sign(canonical(public)).hex()}, sealed)


def _sample(
    prepared: Prepared, seed: bytes, strands: Callable[[Collection[str]], Scarcity | None]
) -> tuple[int, tuple[Member, ...], list[tuple[int, Scarcity]]]:
    """The first panel of the chain of seeds that may be taken, how many it took, and who was passed over for others."""
    slots, ids = prepared.order.slots, prepared.drawing.census.ids
    stranded: list[tuple[int, Scarcity]] = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        seats = _panel(prepared, seed)
        panel = {ids[nth] for _, nth, _ in seats}
        if seats and not clash(prepared.conflicts, panel):
            why = strands(panel)
            if why is None:
                members = (Member(ids[nth], slots[slot].slot_id, chance) for slot, nth, chance in seats)
                return attempt, tuple(members), stranded
            stranded.append((attempt, why))
        seed = next_seed(seed)
    raise PanelsPassedOver(len(prepared.conflicts), len(stranded), MOST_ATTEMPTS)


def _panel(prepared: Prepared, seed: bytes) -> list[tuple[int, int, Fraction]]:
    """The panel as (slot, number of the expert, equal chance); empty at a dead end."""
    drawing = prepared.drawing
    if prepared.patterns is not None:
        chance_of = prepared.patterns.chance_of
        seats = ((slot, nth, chance_of[nth]) for slot, nth in prepared.patterns.draw(seed))
        return sorted(seats, key=lambda seat: (seat[0], drawing.census.ids[seat[1]].encode()))
    if prepared.by_list is None:
        return [(seated.slot, seated.nth, seated.chance) for seated in drawing.sample(seed)]
    return [
        (slot, nth, drawing.lottery.chances[drawing.cells[drawing.cell_of[nth]]])
        for slot, nth in prepared.by_list.draw(seed) or ()
    ]


def _patterns(
    order: DrawOrder, drawing: Drawing, caps: Caps, apart: Sequence[tuple[int, int]]
) -> Patterns | None:
    """The lottery over patterns where one is needed: for quotas, or for conflicts that no bin keeps apart."""
    if order.method is Method.SEQUENTIAL or not (order.quotas or drawing.loose):
        return None
    atoms = atoms_of(drawing.census, caps, apart, order.quotas)
    try:
        found = solve_patterns(order.slots, drawing.lottery.seats, caps, atoms, apart, order.quotas)
    except TooManyKinds:
        if order.quotas:
            raise
        return None  # the few loose pairs are passed over, within the stated bound
    if found is None:
        raise QuotasUnmet(", ".join(quota.name for quota in order.quotas), len(apart))
    return found


def certificate_digest(public: Mapping[str, Any]) -> str:
    """The digest by which a later draw names this one."""
    return sha256(canonical(public))


def leaf_proof(sealed: Mapping[str, Any], expert_id: str) -> dict[str, Any]:
    """What proves to an expert that the draw's frozen pool held the own row, and shows no other.

    Raises `BadInput` when the expert was not in the pool.
    """
    rows = sealed["pool"]
    index = next((nth for nth, row in enumerate(rows) if row[0] == expert_id), None)
    if index is None:
        raise BadInput("expert_id", expert_id, "the expert was not in the pool of this draw")
    salt = bytes.fromhex(sealed["salt"])
    path = inclusion_proof([leaf(row, salt) for row in rows], index)
    return {
        "draw_id": sealed["draw_id"],
        "format": "yidi/leaf-proof/1",
        "index": str(index),
        "path": [node.hex() for node in path],
        "row": list(rows[index]),
        "salt": leaf_salt(salt, expert_id).hex(),
    }

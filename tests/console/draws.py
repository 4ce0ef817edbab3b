"""The verifier's page as it is served, and certificates for it: drawn, forged, and made to fit again."""

import copy
import hashlib
import json
import random
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.board import CONSOLE
from api.headers import SecurityHeaders
from api.routes import verifier
from scheduler.draw import (
    Beacon,
    Caps,
    DrawOrder,
    Joint,
    Member,
    Method,
    Scarcity,
    commit,
    complete,
    party_commitment,
)
from scheduler.eligibility import Excluded, Reason, Screened
from scheduler.verification.draws.parts import jcs, pool_leaf, tree_head
from tests.draw.worlds import NOON, SALT, experts, nonce, slots
from tests.serving import serving

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = KEY.public_key().public_bytes_raw()
RULES = "sha256:" + "0" * 64


@contextmanager
def served():
    """The address at which the page, its modules and its offline file are served."""
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.include_router(verifier.router)
    app.mount("/", StaticFiles(directory=CONSOLE))
    with serving(app, lifespan="off") as port:
        yield f"http://127.0.0.1:{port}"


def drawn(wanted, pool, cap=1, seed=0, excluded=(), strands=lambda panel: None, shone=b"", **order):
    """A certificate as (public, sealed), signed with `KEY`."""
    order = {"draw_id": "D1", "project_id": "P1", "number": 1, "assurance": "operator_and_server", **order}
    secrets = {"server": nonce(seed), "监督": nonce(seed + 10**9)}
    caps = cap if isinstance(cap, Caps) else Caps(cap)
    prepared = commit(
        DrawOrder(slots=wanted, caps=caps, rules_digest=RULES, **order),
        Screened(tuple(pool), tuple(Excluded(expert_id, Reason.BUSY) for expert_id in excluded)),
        {party: party_commitment(order["draw_id"], party, secret) for party, secret in secrets.items()},
        SALT,
        NOON,
    )
    made = complete(prepared, secrets, NOON, KEY.sign, PUBLIC_KEY, beacon_signature=shone, strands=strands)
    return json.loads(json.dumps(made.public)), json.loads(json.dumps(made.sealed))


def random_draw(number):
    """A small draw of a random world: nested caps, seat ranges, conflicts, members kept, ids beyond ASCII, batches.

    Every fifth is drawn list by list, every seventh with a beacon, every fourth in a batch that passes panels over.
    """
    chance = random.Random(number)
    by_list = number % 5 == 0
    ranges = [chance.randint(1, 3) for _ in range(chance.randint(1, 4))]
    wanted = slots(*(seats if by_list or number % 3 else (seats - 1, seats + 1) for seats in ranges))
    reach = [
        "".join(sorted(chance.sample("0123"[: len(wanted)], chance.randint(1, len(wanted)))))
        for _ in range(6)
    ]
    groups = {"a": "G1", "b": "G1", "c": "G2", "甲": "龘集团", "𠮷": "龘集团"}
    people = []
    for _ in range(chance.randint(14, 40)):
        employer = chance.choice("aaaabbcdefgh甲𠮷")
        people.append(
            (chance.choice(reach), employer, chance.choice((None, "d1", "d2")), groups.get(employer))
        )
    pool = [
        replace(one, expert_id=f"{chance.choice('E张𠮷ﬀ')}{one.expert_id}") if number % 3 == 0 else one
        for one in experts(*people)
    ]
    if number % 2:
        pool[0] = replace(pool[0], conflicts=frozenset({pool[1].expert_id, pool[2].expert_id}))
    cap = chance.randint(1, 3)
    order = {"seats": sum(ranges), "method": Method.SEQUENTIAL if by_list else Method.EQUAL}
    if number % 3 == 1:
        cap = Caps(cap, group=cap + chance.randint(0, 2), department=chance.randint(1, cap))
    if number % 8 == 3:
        kept = Member("K1", "S0", Fraction(1, 3))
        order |= {
            "number": 2,
            "previous": RULES,
            "reason": "一名专家请假",
            "fixed": ((kept, ("G1", "a", "d1")),),
        }
    if number % 7 == 2:
        order |= {"beacon": Beacon("c" * 64, "bls-unchained-g1-rfc9380", "ab" * 96, 1234)}
        order |= {"reveal_by": NOON}
    if number % 4 == 2:
        wanting = tuple((one.expert_id, one.employer, ("P2",)) for one in pool[:3])
        order |= {"joint": Joint("B1", 1, 2)}
        return drawn(
            wanted,
            pool,
            cap,
            number,
            strands=lambda panel: (
                Scarcity((("P2", "S0"),), 3, (("P2", 9),), wanting)
                if {one for one, *_ in wanting} & set(panel)
                else None
            ),
            shone=bytes(range(48)) if "beacon" in order else b"",
            **order,
        )
    return drawn(
        wanted,
        pool,
        cap,
        number,
        excluded=("X1", "甲2"),
        shone=bytes(range(48)) if "beacon" in order else b"",
        **order,
    )


def refitted(public, sealed):
    """The same after a forger who holds the centre's key has made root, digests and signature fit again."""
    public = copy.deepcopy(public)
    try:
        leaves = [pool_leaf(row, bytes.fromhex(sealed["salt"])) for row in sealed["pool"]]
        public["commitment"]["pool"]["root"] = tree_head(leaves)
    except Exception:  # a row that is none has no leaf; then the root stays as it was
        pass
    try:
        public["commitment_digest"] = "sha256:" + hashlib.sha256(jcs(public["commitment"])).hexdigest()
        public["sealed_digest"] = "sha256:" + hashlib.sha256(jcs(sealed)).hexdigest()
        public.pop("signature", None)
        public["signature"] = KEY.sign(jcs(public)).hex()
    except Exception:  # what has no canonical form has no digest
        pass
    return public, sealed


def places(value, at=()):
    """The path of every single value and of every list and record."""
    if at:
        yield at
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*at, name))
    elif isinstance(value, list):
        for nth, item in enumerate(value):
            yield from places(item, (*at, nth))


def put(document, path, change):
    """A copy with the value at the path changed, or taken out where `change` gives none."""
    document = copy.deepcopy(document)
    place = document
    for name in path[:-1]:
        place = place[name]
    new = change(place[path[-1]])
    if new is OUT:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return document


OUT = object()

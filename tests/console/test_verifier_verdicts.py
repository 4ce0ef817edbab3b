"""The verifiers in the browser and in Python, written apart from one document, judge certificates alike."""

import hashlib
import hmac
import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.signing import check_signature
from scheduler.draw import Joint, NoPanel
from scheduler.verification.draws import verify_batch, verify_draw
from tests.console.draws import OUT, PUBLIC_KEY, drawn, places, put, random_draw, refitted, served
from tests.draw.test_joint import batch_of, draw_all
from tests.draw.worlds import experts, slots

STEPS = {
    "form": "form",
    "commitment digest": "commitment",
    "signature": "signature",
    "beacon": "beacon",
    "lottery valid": "lottery",
    "lottery optimal": "optimal",
    "sealed part": "sealed",
    "pool": "pool",
    "reserved": "reserved",
    "conflicts": "conflicts",
    "reveals": "seed",
    "panel": "panel",
}
ORDER = list(STEPS.values())
VERIFY = """async (texts) => {
    const { verify } = await import("/verify/certificate.js");
    const { parse } = await import("/verify/json.js");
    const first = async (text) => {
        let given;
        try { given = parse(text); } catch (flaw) { return ["form", flaw.code]; }
        const { steps, accepted } = await verify(given);
        const broken = steps.find((step) => step.flaw);
        if (accepted === Boolean(broken)) throw new Error("the verdict is not that of the steps");
        return broken ? [broken.name, broken.flaw.code] : null;
    };
    const verdicts = [];
    for (const text of texts) verdicts.push(await first(text));
    return verdicts;
}"""


@pytest.fixture(scope="module")
def page(browser):
    """The verifier's page, whose modules the tests call."""
    with served() as address:
        page = browser.new_page()
        page.goto(f"{address}/verify")
        yield page
        page.close()


def of_the_browser(page, certificates):
    """The first broken step and its code for each (public, sealed), none for what is accepted."""
    texts = [json.dumps({"public": public, "sealed": sealed}) for public, sealed in certificates]
    return page.evaluate(VERIFY, texts)


def of_python(public, sealed):
    """The first broken step, none for what is accepted."""
    broken = [step for step in verify_draw(public, sealed, check_signature) if not step.holds]
    return STEPS[broken[0].name] if broken else None


def test_genuine_draws_of_many_worlds_are_accepted_by_both(page):
    drawn = []
    for number in range(150):
        try:
            drawn.append(random_draw(number))
        except NoPanel:
            continue
    assert len(drawn) > 100
    commitments = [public["commitment"] for public, _ in drawn]
    lotteries = [commitment["lottery"] for commitment in commitments]
    assert sum(sealed["attempts"] != "1" for _, sealed in drawn) > 10
    assert sum(bool(sealed["stranded"]) for _, sealed in drawn) > 5
    assert sum(any(body["within"] for body in lottery["bodies"]) for lottery in lotteries) > 3
    assert sum(commitment["method"] == "sequential" for commitment in commitments) > 10
    assert sum(commitment["beacon"] is not None for commitment in commitments) > 10
    assert sum(commitment["conflicts"]["loose"] != "0" for commitment in commitments) > 10
    assert any(level["cut"] is None for lottery in lotteries for level in lottery["levels"])
    assert [of_python(*one) for one in drawn] == [None] * len(drawn)
    assert of_the_browser(page, drawn) == [None] * len(drawn)


CHANGES = (
    lambda value: f"{value}0" if isinstance(value, str) else value,
    lambda value: "1",
    lambda value: None,
    lambda value: [value],
    lambda value: OUT,
    lambda value: value[::-1] if isinstance(value, (list, str)) else value,
    lambda value: [*value, value[-1]] if isinstance(value, list) and value else value,
    lambda value: value.upper() if isinstance(value, str) else value,
)


def test_every_changed_certificate_gets_the_same_verdict_from_both(page):
    both = dict(zip(("public", "sealed"), random_draw(5), strict=True))
    changed = [put(both, path, change) for path in places(both) if len(path) > 1 for change in CHANGES]
    changed = [(one["public"], one["sealed"]) for one in changed if one != both]
    assert len(changed) > 1000
    for (public, sealed), verdict in zip(changed, of_the_browser(page, changed), strict=True):
        assert verdict
        assert of_python(public, sealed)


def test_a_forger_with_the_centres_own_key_is_found_by_both_at_the_same_step(page):
    """Root, digests and signature are made to fit again, so that only what the change means can give it away.

    The browser reads every field strictly first, the Python verifier each when it needs it: what only has a wrong
    form may be named by the browser at the step that reads it. What both can read, both judge alike.
    """
    chance = random.Random(3)
    forged = []
    for number in range(1, 61, 5):
        try:
            both = dict(zip(("public", "sealed"), random_draw(number), strict=True))
        except NoPanel:
            continue
        paths = [path for path in places(both) if len(path) > 1]
        for path in chance.sample(paths, 60):
            changed = put(both, path, chance.choice(CHANGES))
            if changed != both:
                forged.append(refitted(changed["public"], changed["sealed"]))
        forged += [refitted(*one) for one in plausible(both, chance)]
    assert len(forged) > 400
    steps = set()
    for one, verdict in zip(forged, of_the_browser(page, forged), strict=True):
        python = of_python(*one)
        if verdict is None:
            assert python is None
        elif python is None or verdict[0] != python:
            assert verdict[0] in ("form", "sealed") or verdict[1] == "not_known", (verdict, python)
            assert python is None or ORDER.index(verdict[0]) < ORDER.index(python), (verdict, python)
        else:
            steps.add(verdict[0])
    assert {"form", "beacon", "lottery", "optimal", "sealed", "pool", "conflicts", "seed", "panel"} <= steps


def plausible(both, chance):
    """Forgeries that are well-formed: what someone would change who wants another panel, or other chances."""
    commitment, sealed = both["public"]["commitment"], both["sealed"]
    lottery = commitment["lottery"]
    rows = [nth for nth, row in enumerate(sealed["pool"]) if row[4].isdecimal()]
    one, other = chance.sample(rows, 2)
    ids = [row[0] for row in sealed["pool"]]
    at = ("public", "commitment", "lottery")
    levels, spread = len(lottery["levels"]) - 1, len(lottery["spread"]) - 1
    changes = [
        (("sealed", "panel", 0, "expert_id"), lambda _: ids[one]),
        (("sealed", "panel", 0, "chance"), lambda _: "1"),
        (("sealed", "panel"), lambda panel: panel[1:]),
        (("sealed", "attempts"), lambda number: str(int(number) + 1)),
        (("sealed", "attempts"), lambda _: "1"),
        (("sealed", "stranded"), lambda told: told[1:]),
        (("sealed", "conflicts"), lambda pairs: pairs[1:]),
        (("sealed", "pool", one), lambda row: [row[0], "", "", "", "busy"]),
        (("sealed", "pool", one, 1), lambda _: "G9"),
        (("sealed", "pool", one, 2), lambda _: sealed["pool"][other][2]),
        (("sealed", "pool", one, 3), lambda _: "d9"),
        (("sealed", "pool", one, 4), lambda _: sealed["pool"][other][4]),
        (("sealed", "seed"), lambda seed: seed[2:] + seed[:2]),
        (("sealed", "reveals", 0, "nonce"), lambda text: text[2:] + "ff"),
        (("sealed", "reveals"), lambda reveals: reveals[1:]),
        (("sealed", "draw_id"), lambda _: "D2"),
        (("public", "withheld"), lambda _: ["server"]),
        (("public", "beacon_signature"), lambda signature: "" if signature else "ab" * 48),
        (("public", "drawn"), lambda number: str(int(number) + 1)),
        (("public", "commitment", "caps", "employer"), lambda cap: str(int(cap) + 1)),
        (("public", "commitment", "caps", "group"), lambda cap: None if cap else "1"),
        (("public", "commitment", "seats"), lambda seats: str(int(seats) + 1)),
        (("public", "commitment", "slots", 0, "seats"), lambda seats: str(int(seats) + 1)),
        (("public", "commitment", "slots", 0, "most"), lambda seats: str(int(seats) + 1)),
        (("public", "commitment", "method"), lambda _: "sequential"),
        (("public", "commitment", "pool", "eligible"), lambda number: str(int(number) - 1)),
        (("public", "commitment", "conflicts", "loose"), lambda number: str(int(number) + 1)),
        (("public", "commitment", "number"), lambda _: "2"),
        ((*at, "levels", levels, "chance"), lambda _: "1/97"),
        ((*at, "levels", levels, "cut"), lambda cut: cut and {**cut, "slots": cut["slots"][1:]}),
        ((*at, "levels", levels, "cut"), lambda cut: cut and {**cut, "cells": cut["cells"][1:]}),
        ((*at, "levels", levels, "cut"), lambda cut: cut and {**cut, "ground": not cut["ground"]}),
        ((*at, "levels", levels, "cut"), lambda cut: cut and {**cut, "total": not cut["total"]}),
        ((*at, "levels", levels, "cut"), lambda cut: None),
        ((*at, "levels"), lambda levels: levels[::-1]),
        ((*at, "levels"), lambda levels: levels[1:]),
        ((*at, "spread", spread, 2), lambda _: "1/97"),
        ((*at, "spread"), lambda spread: spread[1:]),
        ((*at, "bodies"), lambda bodies: bodies[1:]),
        ((*at, "bodies"), lambda bodies: bodies and [*bodies, bodies[0]]),
        ((*at, "bodies"), lambda bodies: bodies and [{**bodies[0], "cap": "9"}, *bodies[1:]]),
        ((*at, "cells", 0, "members"), lambda number: str(int(number) + 1)),
        ((*at, "cells", 0, "body"), lambda body: "" if body else "0"),
    ]
    return [(changed["public"], changed["sealed"]) for changed in (put(both, *change) for change in changes)]


VERIFY_BATCHES = """async (cases) => {
    const { verify } = await import("/verify/certificate.js");
    const { verifyBatch } = await import("/verify/batch.js");
    const first = async ([record, certificates]) => {
        const sound = [];
        for (const [given, sealed] of certificates) {
            const result = await verify({ public: given, sealed });
            if (!result.accepted) return ["certificate", result.steps.find((step) => step.flaw).flaw.code];
            sound.push(result);
        }
        const broken = verifyBatch(record, sound).steps.find((step) => step.flaw);
        return broken ? [broken.name, broken.flaw.code] : null;
    };
    const verdicts = [];
    for (const one of cases) verdicts.push(await first(one));
    return verdicts;
}"""


def batches(count):
    """Batches of random draws that clash, as (record, certificates), signed with the tests' key."""
    chance = random.Random(4)
    while count:
        people = [
            (chance.choice(("0", "1", "2", "01", "12", "02", "012")), chance.choice("abcdefgh"))
            for _ in range(chance.randint(5, 9))
        ]
        wanted = [
            own for _ in range(chance.randint(2, 4)) if any(own := [chance.random() < 0.5 for _ in range(3)])
        ]
        record, certificates, seated = draw_all(
            batch_of(people, wanted, chance.randint(1, 2)), chance.randrange(10**6)
        )
        if len(seated) == len(wanted) > 1:
            count -= 1
            yield record, {project: under_our_key(*one) for project, one in certificates.items()}


def under_our_key(public, sealed):
    """The certificate with the tests' key, signed with it."""
    return refitted({**public, "key": f"ed25519:{PUBLIC_KEY.hex()}"}, sealed)


def test_draws_made_together_are_judged_alike(page):
    cases = []
    for record, certificates in batches(30):
        cases.append((record, certificates))
        order, projects = record["order"], record["commitment"]["projects"]
        cases += [
            ({**record, "order": order[::-1]}, certificates),
            ({**record, "reveals": []}, certificates),
            ({**record, "commitment": {**record["commitment"], "projects": [*projects, "Z"]}}, certificates),
            (record, {**certificates, order[0]: misplaced(record)}),
        ]
        for project, (public, sealed) in certificates.items():
            for nth, entry in enumerate(sealed["stranded"]):
                fewer = {**entry, "candidates": entry["candidates"][1:]}
                told = [*sealed["stranded"][:nth], fewer, *sealed["stranded"][nth + 1 :]]
                cases.append(
                    (record, {**certificates, project: refitted(public, {**sealed, "stranded": told})})
                )
            for change in ({"needed": "9"}, {"caps": [["A", "9"]]}, {"candidates": []}):
                if sealed["reserved"]:
                    told = {**sealed["reserved"], **change}
                    cases.append(
                        (record, {**certificates, project: refitted(public, {**sealed, "reserved": told})})
                    )
    verdicts = page.evaluate(VERIFY_BATCHES, [(record, list(them.values())) for record, them in cases])
    assert {"order", "places", "certificate", "scarcity"} <= {verdict[0] for verdict in verdicts if verdict}
    for (record, certificates), verdict in zip(cases, verdicts, strict=True):
        assert verdict_of_python(record, certificates) == (verdict and verdict[0]), verdict


def verdict_of_python(record, certificates):
    """The first broken step of a batch; "certificate" where one does not hold by itself."""
    if any(of_python(*one) for one in certificates.values()):
        return "certificate"
    broken = [step.name for step in verify_batch(record, certificates) if not step.holds]
    return broken[0] if broken else None


def misplaced(record):
    """A sound certificate of the first project that claims the second place."""
    joint = Joint(record["commitment_digest"], 2, len(record["order"]))
    pool = experts(("0", "a"), ("0", "b"))
    return drawn(slots(1), pool, project_id=record["order"][0], joint=joint)


def test_hostile_json_is_refused_and_never_stops_the_page(page):
    chance = random.Random(1)
    leaves = (
        None,
        True,
        "",
        "0",
        "1/0",
        "sha256:",
        "\ud800",
        "__proto__",
        "9" * 400,
        3,
        1e400,
        "constructor",
    )

    def junk(depth):
        kind = chance.randrange(3) if depth else 0
        if kind == 1:
            return [junk(depth - 1) for _ in range(chance.randint(0, 3))]
        if kind == 2:
            return {chance.choice(("format", "__proto__", "pool", "é")): junk(depth - 1) for _ in range(3)}
        return chance.choice(leaves)

    public, sealed = random_draw(5)
    paths = list(places({"public": public, "sealed": sealed}))
    hostile = [(junk(3), junk(3) or "") for _ in range(200)]
    for _ in range(300):
        changed = put({"public": public, "sealed": sealed}, chance.choice(paths), lambda _: junk(2))
        if changed != {"public": public, "sealed": sealed}:
            hostile.append((changed["public"], changed["sealed"] or ""))
    verdicts = of_the_browser(page, hostile)
    assert [one for one, verdict in zip(hostile, verdicts, strict=True) if not verdict] == []
    deep = '{"public":' + "[" * 100_000 + "]" * 100_000 + "}"
    twice = json.dumps({"public": public, "sealed": sealed}).replace(
        '"attempts"', '"attempts": "9", "attempts"'
    )
    assert page.evaluate(VERIFY, [deep, twice]) == [["form", "too_deep"], ["form", "name_twice"]]


def test_digests_and_signatures_are_those_of_the_standards_with_and_without_webcrypto(page):
    chance = random.Random(2)
    messages = [
        chance.randbytes(length) for length in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000)
    ]
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = key.public_key().public_bytes_raw()
    digests = page.evaluate(
        """async (texts) => {
            const { fromHex, hmacOf, sha256, toHex } = await import("/verify/sha256.js");
            const { sha512 } = await import("/verify/sha512.js");
            return texts.map(fromHex).map((bytes) => [sha256(bytes), sha512(bytes), hmacOf(bytes)(bytes)].map(toHex));
        }""",
        [message.hex() for message in messages],
    )
    assert digests == [
        [
            hashlib.sha256(message).hexdigest(),
            hashlib.sha512(message).hexdigest(),
            hmac.digest(message, message, "sha256").hex(),
        ]
        for message in messages
    ]
    cases = []
    for message in messages:
        signature = key.sign(message)
        cases += [
            (public, message, signature, True),
            (public, message + b"x", signature, False),
            (public, message, signature[:40] + bytes([signature[40] ^ 1]) + signature[41:], False),
            (public, message, bytes([signature[0] ^ 1]) + signature[1:], False),
            (bytes([public[0] ^ 1]) + public[1:], message, signature, False),
        ]
        # The same signature with the group's order added to its second half: RFC 8032 wants it refused.
        order = 2**252 + 27742317777372353535851937790883648493
        large = int.from_bytes(signature[32:], "little") + order
        cases.append((public, message, signature[:32] + large.to_bytes(32, "little"), False))
    held = page.evaluate(
        """async (cases) => {
            const { holdsHere, signatureHolds } = await import("/verify/ed25519.js");
            const { fromHex } = await import("/verify/sha256.js");
            const held = [];
            for (const given of cases) {
                const [key, message, signature] = given.map(fromHex);
                held.push([holdsHere(key, message, signature), await signatureHolds(key, message, signature)]);
            }
            return held;
        }""",
        [[part.hex() for part in case[:3]] for case in cases],
    )
    assert held == [[case[3], case[3]] for case in cases]

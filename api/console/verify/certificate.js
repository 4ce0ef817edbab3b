// A draw certificate checked step by step, as docs/certificate.md says; written from that page, not from the drawer.

import { canonical } from "./canonical.js";
import { signatureHolds } from "./ed25519.js";
import { Flaw, insist } from "./flaw.js";
import { checkCuts, checkLottery } from "./lottery.js";
import { checkPanel } from "./panel.js";
import { checkPanels } from "./panels.js";
import { checkConflicts } from "./parcels.js";
import { checkPool } from "./pool.js";
import { readPublic } from "./public.js";
import { checkReserved } from "./scarcity.js";
import { checkReveals, readSealed } from "./sealed.js";
import { sha256, toHex } from "./sha256.js";

const SIGNATURES = { "bls-unchained-g1-rfc9380": 48 };

function insistDigest(value, stated) {
  const digest = toHex(sha256(canonical(value)));
  insist(digest === toHex(stated), "digest_is_another", `${digest.slice(0, 16)}…`);
}

async function checkSignature(given, { key, signature }) {
  const { signature: _, ...signed } = given;
  insist(await signatureHolds(key, canonical(signed), signature), "signature_is_not_the_keys");
}

// That the signature of the round is the chain's needs a pairing of curves, which this page leaves to `yidi verify`.
function checkBeacon({ commitment, beacon_signature: signature }) {
  const { beacon } = commitment;
  insist((beacon === null) === (signature.length === 0), "beacon_without_signature");
  if (beacon === null) return "holds";
  const length = SIGNATURES[beacon.scheme];
  if (length === undefined) throw new Flaw("not_known", "public.commitment.beacon.scheme", beacon.scheme);
  insist(signature.length === length, "beacon_signature_length", signature.length, length);
  return "left";
}

// Each step, what it needs, and whether the sealed part too; each gets what the steps before have found.
const STEPS = [
  { name: "form", needs: [], run: (found, given) => { found.public = readPublic(given.public); } },
  { name: "commitment", needs: ["form"], run: (found, given) => insistDigest(given.public.commitment, found.public.commitment_digest) },
  { name: "signature", needs: ["form"], run: (found, given) => checkSignature(given.public, found.public) },
  { name: "beacon", needs: ["form"], run: (found) => checkBeacon(found.public) },
  { name: "lottery", needs: ["form"], run: (found) => { found.chances = checkLottery(found.public.commitment); } },
  { name: "optimal", needs: ["lottery"], run: (found) => checkCuts(found.public.commitment, found.chances) },
  { name: "sealed", needs: ["form"], opens: true, run: (found, given) => {
    found.sealed = readSealed(given.sealed, found.public);
    insistDigest(given.sealed, found.public.sealed_digest);
  } },
  { name: "pool", needs: ["lottery"], opens: true, run: async (found, given, rest) => {
    found.pool = await checkPool(found.public, found.sealed, found.chances, rest);
  } },
  { name: "reserved", needs: ["form"], opens: true, run: (found) => checkReserved(found.public, found.sealed) },
  { name: "conflicts", needs: ["pool"], opens: true, run: (found, given) => {
    checkConflicts(found.public, found.sealed, found.pool, found.chances);
    if (found.public.commitment.method !== "panels") return "holds";
    found.listed = checkPanels(found.public, found.sealed, given, found.pool);
    return found.listed.tried ? "holds" : "left";
  } },
  { name: "seed", needs: ["form"], opens: true, run: (found) => checkReveals(found.public, found.sealed) },
  { name: "panel", needs: ["pool"], opens: true, run: (found, given, rest) => checkPanel(found, rest) },
];

const SOUND = ["holds", "closed", "left"];

// Every step in order, told as it ends: { name, state, flaw, read }. A step holds, is broken, of unknown content, closed
// without the sealed part, left to another verifier, or waits for a step that does not hold.
export async function verify(given, { onStep = () => {}, rest = async () => {} } = {}) {
  const found = {};
  const steps = [];
  const holds = (name) => steps.find((one) => one.name === name).state === "holds";
  for (const { name, needs, opens, run } of STEPS) {
    const step = { name, state: "holds", flaw: null };
    if (opens && (given.sealed === null || given.sealed === undefined)) step.state = "closed";
    else if (!needs.every(holds) || (opens && name !== "sealed" && !found.sealed)) step.state = "waits";
    else {
      await rest(0, name);
      try {
        if (await run(found, given, (share) => rest(share, name)) === "left") step.state = "left";
      } catch (flaw) {
        // Whatever goes wrong while reading what a stranger wrote is a reason to refuse it, not to stop.
        step.flaw = flaw instanceof Flaw ? flaw : new Flaw("unreadable", String(flaw && flaw.message));
        step.state = ["not_known", "unknown_field"].includes(step.flaw.code) ? "unknown" : "broken";
      }
      if (name === "form") step.read = found.public;
      if (name === "sealed") step.read = found.sealed;
    }
    steps.push(step);
    onStep(step);
  }
  return { steps, facts: found.public || null, sealed: found.sealed || null, accepted: steps.every((one) => SOUND.includes(one.state)) };
}

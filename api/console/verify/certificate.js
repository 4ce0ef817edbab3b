// A draw certificate checked step by step, as docs/certificate.md says; written from that page, not from the drawer.

import { canonical } from "./canonical.js";
import { signatureHolds } from "./ed25519.js";
import { Flaw, insist } from "./flaw.js";
import { before } from "./form.js";
import { equal, text } from "./fractions.js";
import { checkCuts, checkLottery } from "./lottery.js";
import { checkPool } from "./pool.js";
import { readPublic } from "./public.js";
import { replay } from "./sampling.js";
import { checkReveals, readSealed } from "./sealed.js";
import { sha256, toHex } from "./sha256.js";

const ATTEMPTS = 1000;

const digestOf = (value) => toHex(sha256(canonical(value)));

async function checkSignature(given, { key, signature }) {
  const { signature: _, ...signed } = given;
  insist(await signatureHolds(key, canonical(signed), signature), "signature_is_not_the_keys");
}

async function checkPanel({ commitment }, sealed, members, chances, rest) {
  const { slots } = commitment;
  insist(sealed.attempts >= 1 && sealed.attempts <= ATTEMPTS, "attempts_out_of_bounds", sealed.attempts, ATTEMPTS);
  const found = await replay(sealed.seed, members, commitment, sealed.conflicts, sealed.attempts, rest);
  insist(found !== null, "no_panel_by_then", sealed.attempts);
  insist(found.attempt === sealed.attempts, "attempts_are_others", found.attempt, sealed.attempts);
  const drawn = found.taken.sort((a, b) => a.slot - b.slot || (before(a.expert, b.expert) ? -1 : 1));
  insist(drawn.length === sealed.panel.length, "panel_size", sealed.panel.length, drawn.length);
  drawn.forEach(({ expert, slot, cell }, n) => {
    const member = sealed.panel[n];
    const same = member.expert_id === expert && member.slot_id === slots[slot].slot_id;
    insist(same, "panel_is_another", n + 1);
    insist(equal(member.chance, chances[cell]), "member_chance", n + 1, text(member.chance), text(chances[cell]));
  });
}

// Each step, what it needs, and whether the sealed part too; each gets what the steps before have found.
const STEPS = [
  { name: "form", needs: [], run: (found, given) => { found.public = readPublic(given.public); } },
  { name: "commitment", needs: ["form"], run: (found, given) => {
    const digest = digestOf(given.public.commitment);
    insist(digest === toHex(found.public.commitment_digest), "digest_is_another", `${digest.slice(0, 16)}…`);
  } },
  { name: "signature", needs: ["form"], run: (found, given) => checkSignature(given.public, found.public) },
  { name: "lottery", needs: ["form"], run: (found) => { found.chances = checkLottery(found.public.commitment); } },
  { name: "optimal", needs: ["lottery"], run: (found) => checkCuts(found.public.commitment, found.chances) },
  { name: "sealed", needs: ["form"], opens: true, run: (found, given) => {
    found.sealed = readSealed(given.sealed, found.public);
    const digest = digestOf(given.sealed);
    insist(digest === toHex(found.public.sealed_digest), "digest_is_another", `${digest.slice(0, 16)}…`);
  } },
  { name: "pool", needs: ["lottery"], opens: true, run: async (found, given, rest) => {
    found.members = await checkPool(found.public, found.sealed, found.chances, rest);
  } },
  { name: "seed", needs: ["form"], opens: true, run: (found) => checkReveals(found.public, found.sealed) },
  { name: "panel", needs: ["pool"], opens: true, run: (found, given, rest) => checkPanel(found.public, found.sealed, found.members, found.chances, rest) },
];

// Every step in order, told as it ends: { name, state, flaw, read }; the state is holds, broken, unknown, waits or closed.
export async function verify(given, { onStep = () => {}, rest = async () => {} } = {}) {
  const found = {};
  const steps = [];
  for (const { name, needs, opens, run } of STEPS) {
    const step = { name, state: "holds", flaw: null };
    const lacks = needs.some((needed) => steps.find((one) => one.name === needed).state !== "holds");
    if (opens && (given.sealed === null || given.sealed === undefined)) step.state = "closed";
    else if (lacks || (opens && name !== "sealed" && !found.sealed)) step.state = "waits";
    else {
      await rest(0, name);
      try {
        await run(found, given, (share) => rest(share, name));
      } catch (flaw) {
        // Whatever goes wrong while reading what a stranger wrote is a reason to refuse it, not to stop.
        step.flaw = flaw instanceof Flaw ? flaw : new Flaw("unreadable", String(flaw && flaw.message));
        step.state = step.flaw.code === "not_known" || step.flaw.code === "unknown_field" ? "unknown" : "broken";
      }
      if (name === "form") step.read = found.public;
      if (name === "sealed") step.read = found.sealed;
    }
    steps.push(step);
    onStep(step);
  }
  return { steps, facts: found.public || null, sealed: found.sealed || null, accepted: steps.every((one) => one.state === "holds" || one.state === "closed") };
}

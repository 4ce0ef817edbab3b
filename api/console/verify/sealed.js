// The sealed part as values (step 7), and the reveals that make the seed (step 11).

import * as form from "./form.js";
import { insist } from "./flaw.js";
import { readPanels } from "./panels.js";
import { ZERO, sha256, toHex, utf8 } from "./sha256.js";

const POOL = 1_000_000;
const CELL = /^(0|[1-9][0-9]{0,8})$/;

const path = (value, at) => {
  insist(Array.isArray(value) && value.length === 3, "not_a_path", at);
  return value.map((one) => (one === "" ? "" : form.id(one, at)));
};
export const readRow = (value, at) => {
  insist(Array.isArray(value) && value.length === 5, "not_a_row", at);
  const [expert, bodies, verdict] = [form.id(value[0], at), path(value.slice(1, 4), at), form.id(value[4], at)];
  const eligible = CELL.test(verdict);
  insist(eligible ? bodies[1] !== "" : bodies.every((one) => one === "") && !/^[0-9]/.test(verdict), "not_a_row", at);
  return { expert, path: bodies, verdict, cell: eligible ? Number(verdict) : null };
};
const pair = (value, at) => {
  insist(Array.isArray(value) && value.length === 2, "not_a_pair", at);
  const read = value.map((one) => form.id(one, at));
  form.insistAscending(read, at);
  return read;
};
const seat = (value, at) => {
  insist(Array.isArray(value) && value.length === 2, "not_a_pair", at);
  return value.map((one) => form.id(one, at));
};
const candidate = (value, at) => {
  insist(Array.isArray(value) && value.length >= 3, "not_a_pair", at);
  const projects = value.slice(2).map((one) => form.id(one, at));
  insist(new Set(projects).size === projects.length, "candidate_twice");
  return { expert: form.id(value[0], at), employer: form.text(value[1], at), projects };
};
const projectCap = (value, at) => {
  insist(Array.isArray(value) && value.length === 2, "not_a_pair", at);
  return { project: form.id(value[0], at), cap: form.whole(value[1], at) };
};
const SCARCITY = { candidates: form.list(candidate), caps: form.list(projectCap), needed: form.whole, seats: form.list(seat) };
const MEMBER = { chance: form.ratio, expert_id: form.id, slot_id: form.id };
const fields = (readers) => (value, at) => form.record(value, readers, at);

export const reveal = fields({ nonce: form.bytes(32), party: form.id });

const SEALED = {
  format: form.oneOf("yidi/draw-sealed/1"),
  attempts: form.count,
  conflicts: form.list(pair),
  draw_id: form.id,
  fixed: form.list(fields({ ...MEMBER, path })),
  panel: form.list(fields(MEMBER)),
  pool: form.list(readRow),
  reserved: form.nullOr(fields(SCARCITY)),
  reveals: form.list(reveal),
  salt: form.bytes(32),
  seed: form.bytes(32),
  stranded: form.list(fields({ ...SCARCITY, attempt: form.count })),
};

const LISTED = { ...SEALED, panels: readPanels };

export function readSealed(given, { commitment }) {
  insist(given && Array.isArray(given.pool) && given.pool.length <= POOL, "too_large_a_pool", POOL);
  const read = form.record(given, commitment.method === "panels" ? LISTED : SEALED, "sealed");
  insist(read.draw_id === commitment.draw_id, "another_draw", read.draw_id, commitment.draw_id);
  insist(BigInt(read.fixed.length) === commitment.fixed_members, "fixed_members", read.fixed.length, commitment.fixed_members);
  form.insistAscending(read.pool.map((one) => one.expert), "sealed.pool");
  form.insistAscending(read.reveals.map((one) => one.party), "sealed.reveals");
  for (let n = 1; n < read.conflicts.length; n += 1) {
    const [[a, b], [c, d]] = [read.conflicts[n - 1], read.conflicts[n]];
    insist(form.before(a, c) || (a === c && form.before(b, d)), "out_of_order", "sealed.conflicts", c);
  }
  return read;
}

export function checkReveals({ commitment, commitment_digest: digest, withheld, beacon_signature: beacon }, { reveals, seed }) {
  const { made, left } = seedOf(commitment.draw_id, commitment.parties, reveals, digest, commitment.beacon && sha256(beacon));
  insist(JSON.stringify(left) === JSON.stringify(withheld), "withheld_are_others", left.join(", "));
  insist(toHex(made) === toHex(seed), "seed_is_another", `${toHex(made).slice(0, 16)}…`);
}

// The seed that the reveals give, each of which must be the committed one, and the parties that did not reveal.
export function seedOf(name, parties, reveals, digest, randomness) {
  const promised = new Map(parties.map((one) => [one.party, toHex(one.commitment)]));
  insist(reveals.length > 0, "nobody_revealed");
  for (const { party, nonce } of reveals) {
    insist(promised.has(party), "party_unknown", party);
    const kept = toHex(sha256(utf8("yidi/party/1"), ZERO, utf8(name), ZERO, utf8(party), ZERO, nonce));
    insist(kept === promised.get(party), "reveal_is_not_the_commitment", party);
    promised.delete(party);
  }
  const parts = reveals.flatMap(({ party, nonce }) => [utf8(party), ZERO, nonce]);
  if (randomness) parts.push(randomness);
  return { made: sha256(utf8("yidi/seed/1"), ZERO, digest, ...parts), left: [...promised.keys()] };
}

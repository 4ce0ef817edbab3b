// The public part of a certificate as values, and what must hold of its form (docs/certificate.md, step 1).

import * as form from "./form.js";
import { insist } from "./flaw.js";

const SLOTS = 62;
const CELLS = 2_000;
export const LEVELS = ["group", "employer", "department"];

const { record, list, nullOr, whole, ratio, text, time, digest, count, countOrNone, flag, oneOf } = form;
const fields = (readers) => (value, at) => record(value, readers, at);

const slot = (value, at) => {
  const read = record(value, { slot_id: form.id, venue_id: form.id, region: text, codes: list(form.id), seats: whole, most: whole }, at);
  insist(read.most >= 1n && read.seats <= read.most, "no_seats", at);
  insist(read.codes.length > 0, "empty", `${at}.codes`);
  return read;
};
const cell = (value, at) => {
  const read = record(value, { body: countOrNone, members: whole, slots: list(count) }, at);
  insist(read.slots.every((one, n) => n === 0 || read.slots[n - 1] < one), "out_of_order", `${at}.slots`, read.slots);
  return read;
};
const load = (value, at) => {
  insist(Array.isArray(value) && value.length === 3, "not_a_load", at);
  return { cell: count(value[0], at), slot: count(value[1], at), load: ratio(value[2], at) };
};
const cap = (value, at) => {
  const read = whole(value, at);
  insist(read >= 1n, "no_cap", at);
  return read;
};
const LOTTERY = {
  bodies: list(fields({ cap: whole, level: oneOf(...LEVELS), within: countOrNone })),
  cells: list(cell),
  levels: list(fields({
    cells: list(count), chance: ratio,
    cut: nullOr(fields({ bodies: list(count), cells: list(count), ground: flag, slots: list(count), total: flag })),
  })),
  spread: list(load),
};
const COMMITMENT = {
  format: oneOf("yidi/draw-commitment/1"),
  algorithm: oneOf("yidi-draw-1"),
  assurance: oneOf("parties", "operator_and_server", "rehearsal"),
  beacon: nullOr(fields({ chain: text, public_key: form.hex, round: whole, scheme: text })),
  caps: fields({ department: nullOr(cap), employer: cap, group: nullOr(cap) }),
  committed_at: time,
  conflicts: fields({ digest, loose: whole, most_shift: ratio, pairs: whole }),
  draw_id: form.id,
  fixed_members: whole,
  joint: nullOr(fields({ batch: form.id, draws: whole, place: whole })),
  lottery: fields(LOTTERY),
  method: oneOf("equal", "panels", "sequential"),
  number: whole,
  parties: list(fields({ commitment: digest, party: form.id })),
  pool: fields({ eligible: whole, root: digest, size: whole }),
  previous: nullOr(digest),
  project_id: form.id,
  reason: text,
  reveal_by: nullOr(time),
  rules_digest: digest,
  seats: whole,
  sequential: nullOr(fields({ chances: list(ratio), runs: whole })),
  slots: list(slot),
};
const chanceCount = (value, at) => {
  insist(Array.isArray(value) && value.length === 2, "not_a_pair", at);
  return { chance: ratio(value[0], at), experts: whole(value[1], at) };
};
// Whole panels are listed where a constraint is no flow, and only there.
const LISTED = { ...COMMITMENT, panels: fields({ chances: list(chanceCount), digest }) };
const commitment = (value, at) => record(value, value && value.method === "panels" ? LISTED : COMMITMENT, at);
const PUBLIC = {
  format: oneOf("yidi/draw/1"),
  beacon_signature: form.hex,
  commitment,
  commitment_digest: digest,
  completed_at: time,
  drawn: whole,
  key: form.tagged("ed25519", 32),
  sealed_digest: digest,
  signature: form.bytes(64),
  withheld: list(form.id),
};

export function readPublic(given) {
  const read = record(given, PUBLIC, "public");
  const said = read.commitment;
  const { slots, lottery, parties, seats } = said;
  insist(slots.length >= 1 && slots.length <= SLOTS, "slots_out_of_bounds", slots.length, SLOTS);
  insist(new Set(slots.map((one) => one.slot_id)).size === slots.length, "slot_twice");
  for (const name of ["bodies", "cells", "levels"]) insist(lottery[name].length <= CELLS, "too_many_cells", CELLS);
  insist(lottery.spread.length <= CELLS * SLOTS, "too_many_cells", CELLS);
  insist(read.drawn === seats, "drawn_is_not_seats", read.drawn, seats);
  const [least, most] = ["seats", "most"].map((name) => slots.reduce((sum, one) => sum + one[name], 0n));
  insist(seats >= 1n && least <= seats && seats <= most, "slots_cannot_hold_seats", seats, least, most);
  checkMethod(said);
  checkPast(said);
  checkTimes(read);
  form.insistAscending(parties.map((one) => one.party), "public.commitment.parties");
  form.insistAscending(read.withheld, "public.withheld");
  return read;
}

function checkMethod({ method, sequential, slots, lottery, joint }) {
  insist((method === "sequential") === (sequential !== null), "method_without_its_chances", method);
  if (sequential) {
    insist(sequential.chances.length === lottery.cells.length, "chances_of_other_cells", sequential.chances.length, lottery.cells.length);
    insist(slots.every((one) => one.seats === one.most), "list_without_fixed_seats");
  }
  insist(joint === null || (joint.place >= 1n && joint.place <= joint.draws), "no_such_place");
}

function checkPast({ number, previous, reason, fixed_members: kept }) {
  insist(number >= 1n, "not_a_draw_number");
  if (number === 1n) insist(previous === null && reason === "" && kept === 0n, "first_draw_has_a_past");
  else insist(previous !== null && reason.trim() !== "", "later_draw_without_a_past");
}

function checkTimes({ commitment, completed_at: completed }) {
  const start = form.instant(commitment.committed_at);
  const later = [completed, commitment.reveal_by].filter((one) => one !== null).map(form.instant);
  insist(later.every((one) => start <= one), "times_out_of_order");
}

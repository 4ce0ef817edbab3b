// The public part of a certificate as values, and what must hold of its form (docs/certificate.md, step 1).

import * as form from "./form.js";
import { insist } from "./flaw.js";

const SLOTS = 12;
const CELLS = 5_000;

const slot = (value, at) => {
  const read = form.record(value, { slot_id: form.id, venue_id: form.id, region: form.text, codes: form.list(form.id), seats: form.whole }, at);
  insist(read.seats >= 1n, "no_seats", at);
  insist(read.codes.length > 0, "empty", `${at}.codes`);
  return read;
};
const cell = (value, at) => {
  const read = form.record(value, { employer: form.text, members: form.whole, slots: form.list(form.count) }, at);
  insist(read.slots.every((one, n) => n === 0 || read.slots[n - 1] < one), "out_of_order", `${at}.slots`, read.slots);
  return read;
};
const level = (value, at) => form.record(value, {
  cells: form.list(form.count), chance: form.ratio, cut: form.oneOf("ceiling", "within", "toward"),
  employers: form.list(form.id), slots: form.list(form.count),
}, at);
const load = (value, at) => {
  insist(Array.isArray(value) && value.length === 3, "not_a_load", at);
  return { cell: form.count(value[0], at), slot: form.count(value[1], at), load: form.ratio(value[2], at) };
};
const nullOr = (reader) => (value, at) => (value === null ? null : reader(value, at));

const COMMITMENT = {
  format: form.oneOf("yidi/draw-commitment/1"),
  algorithm: form.oneOf("yidi-equal-1"),
  assurance: form.oneOf("parties", "operator_and_server", "rehearsal"),
  committed_at: form.time,
  conflicts: (value, at) => form.record(value, { digest: form.digest, most_shift: form.ratio, pairs: form.whole }, at),
  draw_id: form.id,
  employer_cap: form.whole,
  fixed_members: form.whole,
  lottery: (value, at) => form.record(value, { cells: form.list(cell), levels: form.list(level), spread: form.list(load) }, at),
  number: form.whole,
  parties: form.list((value, at) => form.record(value, { commitment: form.digest, party: form.id }, at)),
  pool: (value, at) => form.record(value, { eligible: form.whole, root: form.digest, size: form.whole }, at),
  previous: nullOr(form.digest),
  project_id: form.id,
  reason: form.text,
  rules_digest: form.digest,
  slots: form.list(slot),
};
const PUBLIC = {
  format: form.oneOf("yidi/draw/1"),
  commitment: (value, at) => form.record(value, COMMITMENT, at),
  commitment_digest: form.digest,
  completed_at: form.time,
  drawn: form.whole,
  key: form.tagged("ed25519", 32),
  sealed_digest: form.digest,
  signature: form.bytes(64),
  withheld: form.list(form.id),
};

export function readPublic(given) {
  const read = form.record(given, PUBLIC, "public");
  const { commitment } = read;
  const { slots, lottery, parties, number, previous, reason } = commitment;
  insist(commitment.employer_cap >= 1n, "no_cap");
  insist(slots.length >= 1 && slots.length <= SLOTS, "slots_out_of_bounds", slots.length, SLOTS);
  insist(new Set(slots.map((one) => one.slot_id)).size === slots.length, "slot_twice");
  insist(lottery.cells.length <= CELLS && lottery.levels.length <= CELLS && lottery.spread.length <= CELLS * SLOTS, "too_many_cells", CELLS);
  const seats = slots.reduce((sum, one) => sum + one.seats, 0n);
  insist(read.drawn === seats, "drawn_is_not_seats", read.drawn, seats);
  insist(number >= 1n, "not_a_draw_number");
  if (number === 1n) insist(previous === null && reason === "" && commitment.fixed_members === 0n, "first_draw_has_a_past");
  else insist(previous !== null && reason.trim() !== "", "later_draw_without_a_past");
  form.insistAscending(parties.map((one) => one.party), "public.commitment.parties");
  form.insistAscending(read.withheld, "public.withheld");
  return read;
}

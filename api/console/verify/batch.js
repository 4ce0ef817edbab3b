// Draws made together: that a seed put them in order, and that nobody was left to another draw without need.

import { canonical } from "./canonical.js";
import { Flaw, insist } from "./flaw.js";
import * as form from "./form.js";
import { reveal, seedOf } from "./sealed.js";
import { ZERO, sha256, toHex, utf8 } from "./sha256.js";

const fields = (readers) => (value, at) => form.record(value, readers, at);
const RECORD = {
  format: form.oneOf("yidi/batch/1"),
  commitment: fields({
    format: form.oneOf("yidi/batch-commitment/1"), batch_id: form.id, committed_at: form.time,
    parties: form.list(fields({ commitment: form.digest, party: form.id })), projects: form.list(form.id),
  }),
  commitment_digest: form.digest,
  order: form.list(form.id),
  reveals: form.list(reveal),
};

function readRecord(given) {
  const read = form.record(given, RECORD, "batch");
  insist(read.commitment.projects.length > 0, "empty", "batch.commitment.projects");
  form.insistAscending(read.commitment.projects, "batch.commitment.projects");
  form.insistAscending(read.commitment.parties.map((one) => one.party), "batch.commitment.parties");
  form.insistAscending(read.reveals.map((one) => one.party), "batch.reveals");
  const digest = sha256(canonical(given.commitment));
  insist(toHex(digest) === toHex(read.commitment_digest), "digest_is_another", `${toHex(digest).slice(0, 16)}…`);
  return read;
}

function checkOrder({ commitment, commitment_digest: digest, reveals, order }) {
  const { made } = seedOf(commitment.batch_id, commitment.parties, reveals, digest, null);
  const drawn = commitment.projects.map((project) => [toHex(sha256(utf8("yidi/batch/1"), ZERO, made, utf8(project))), project]);
  const due = drawn.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, project]) => project);
  insist(due.length === order.length && due.every((project, n) => project === order[n]), "order_is_another");
}

// The draws of this batch that are here, each at its place. The draw of a project that was made together is its first here.
function drawsOf({ commitment_digest: digest, order }, checked) {
  const draws = new Map();
  for (const one of checked) {
    const { joint, project_id: project } = one.facts.commitment;
    if (!joint || joint.batch !== `sha256:${toHex(digest)}`) continue;
    const place = order.indexOf(project);
    insist(place >= 0, "not_of_the_batch", project);
    insist(joint.place === BigInt(place + 1) && joint.draws === BigInt(order.length), "not_at_its_place", project, joint.place, place + 1);
    insist(!draws.has(project), "twice_in_the_batch", project);
    draws.set(project, one);
  }
  return draws;
}

// A statement of scarcity counts all who could sit, as far as the certificates of the draws it names are here.
function checkCounted(entry, place, { order }, draws) {
  const named = new Set(entry.candidates.flatMap((one) => one.projects.map((project) => JSON.stringify([one.expert, project]))));
  const projects = new Set(entry.seats.map(([project]) => project));
  for (const project of projects) insist(order.indexOf(project) > place, "already_drawn", project);
  if ([...projects].some((project) => !draws.has(project))) return false;
  let whole = true;
  let needed = 0n;
  for (const [project, slotId] of entry.seats) {
    const { facts, sealed } = draws.get(project);
    const { slots, lottery } = facts.commitment;
    const number = slots.findIndex((slot) => slot.slot_id === slotId);
    insist(number >= 0, "no_such_slot", project, slotId);
    needed += slots[number].seats;
    if (!sealed) whole = false;
    for (const { expert, cell } of sealed ? sealed.pool : []) {
      const reaches = cell !== null && lottery.cells[cell].slots.includes(number);
      insist(!reaches || named.has(JSON.stringify([expert, project])), "not_counted", project);
    }
  }
  insist(needed === entry.needed, "needed_is_another", entry.needed, needed);
  for (const { project, cap } of entry.caps) {
    const own = projects.has(project) ? draws.get(project).facts.commitment.caps.employer : null;
    insist(cap === own, "most_is_another", cap, own ?? "-");
  }
  return whole;
}

// The steps of a batch record with the certificates at hand that hold by themselves: { name, state, flaw, facts }.
export function verifyBatch(record, checked) {
  const found = { draws: new Map() };
  const runs = [
    ["batch", () => { found.read = readRecord(record); }],
    ["order", () => checkOrder(found.read)],
    ["places", () => {
      found.draws = drawsOf(found.read, checked);
      return found.draws.size === found.read.order.length;
    }],
    ["scarcity", () => {
      let whole = true;
      found.read.order.forEach((project, place) => {
        const one = found.draws.get(project);
        if (!one || !one.sealed) {
          whole = false;
          return;
        }
        const { stranded, reserved } = one.sealed;
        for (const entry of [...stranded, ...(reserved ? [reserved] : [])]) whole = checkCounted(entry, place, found.read, found.draws) && whole;
      });
      return whole;
    }],
  ];
  const steps = [];
  for (const [name, run] of runs) {
    const step = { name, state: "holds", flaw: null, facts: [] };
    if (steps.some((one) => one.state === "broken")) step.state = "waits";
    else {
      try {
        if (run() === false) step.state = "closed";
      } catch (flaw) {
        step.flaw = flaw instanceof Flaw ? flaw : new Flaw("unreadable", String(flaw && flaw.message));
        step.state = "broken";
      }
    }
    if (found.read) step.facts = [found.read.order.length, found.draws.size];
    steps.push(step);
  }
  return { steps, read: found.read || null };
}

// Experts left to other draws of a batch: only where those cannot do without them (steps 9 and 12).

import { insist } from "./flaw.js";

// How many of each employer's candidates who are not on the panel can sit at most, by the projects' caps.
function mostSeated({ candidates, caps, seats }, panel) {
  insist(seats.length > 0, "scarcity_of_no_seats");
  insist(new Set(candidates.map((one) => one.expert)).size === candidates.length, "candidate_twice");
  const named = new Set(seats.map(([project]) => project));
  const capped = new Set(caps.map((one) => one.project));
  insist(capped.size === caps.length && capped.size === named.size && [...named].every((one) => capped.has(one)), "caps_of_others");
  const count = new Map();
  const able = new Map();
  for (const { expert, employer, projects } of candidates) {
    insist(projects.every((one) => named.has(one)), "caps_of_others");
    if (panel.has(expert)) continue;
    count.set(employer, (count.get(employer) || 0n) + 1n);
    for (const project of projects) {
      const key = JSON.stringify([employer, project]);
      able.set(key, (able.get(key) || 0n) + 1n);
    }
  }
  const least = (one, other) => (one < other ? one : other);
  for (const [employer, total] of count) {
    const seated = caps.reduce((sum, { project, cap }) => sum + least(cap, able.get(JSON.stringify([employer, project])) || 0n), 0n);
    count.set(employer, least(total, seated));
  }
  return count;
}

// How many of the candidates who are not on the panel can sit at most.
export function satAtMost(entry, panel) {
  return [...mostSeated(entry, panel).values()].reduce((sum, one) => sum + one, 0n);
}

export function checkReserved({ commitment }, { pool, reserved }) {
  const out = pool.filter((one) => one.verdict === "reserved");
  insist(reserved !== null || out.length === 0, "reserved_without_reason", out.length);
  if (reserved === null) return;
  insist(commitment.joint !== null, "reserved_alone");
  const able = satAtMost(reserved, new Set());
  insist(able <= reserved.needed, "reserved_without_need", able, reserved.needed);
  // Of an employer with more candidates than can sit a colleague can stand in.
  const count = new Map();
  for (const { employer } of reserved.candidates) count.set(employer, (count.get(employer) || 0n) + 1n);
  const most = mostSeated(reserved, new Set());
  const needed = new Set(reserved.candidates.filter((one) => count.get(one.employer) === most.get(one.employer)).map((one) => one.expert));
  for (const { expert } of out) insist(needed.has(expert), "reserved_for_nothing", expert);
}

// Experts left to other draws of a batch: only where those cannot do without them (steps 9 and 12).

import { insist } from "./flaw.js";

// How many of the candidates who are not on the panel can sit at most, by their employers' caps.
export function satAtMost({ candidates, employer_most: most, seats }, panel) {
  insist(seats.length > 0, "scarcity_of_no_seats");
  insist(new Set(candidates.map((one) => one.expert)).size === candidates.length, "candidate_twice");
  const left = new Map();
  for (const { expert, employer } of candidates) if (!panel.has(expert)) left.set(employer, (left.get(employer) || 0n) + 1n);
  return [...left.values()].reduce((sum, count) => sum + (count < most ? count : most), 0n);
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
  const needed = new Set(reserved.candidates.filter((one) => count.get(one.employer) <= reserved.employer_most).map((one) => one.expert));
  for (const { expert } of out) insist(needed.has(expert), "reserved_for_nothing", expert);
}

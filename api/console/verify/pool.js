// That the sealed pool is the one frozen before the seed existed (step 7).

import { canonical } from "./canonical.js";
import { ONE, ZERO, equal, less, plus, text, whole } from "./fractions.js";
import { insist } from "./flaw.js";
import { hmacOf, sha256, toHex, utf8 } from "./sha256.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PAUSE = 5_000;

// RFC 9162: split at the largest power of two below the size. Joining neighbours level by level gives the same tree.
export function merkleRoot(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(sha256(NODE, level[i], level[i + 1]));
    if (level.length % 2) next.push(level[level.length - 1]);
    level = next;
  }
  return level.length ? level[0] : sha256(new Uint8Array());
}

// The pool's members by cell, in order of their ids.
export async function checkPool({ commitment }, sealed, chances, rest) {
  const { lottery, pool, conflicts, employer_cap: cap } = commitment;
  const { cells } = lottery;
  insist(BigInt(sealed.pool.length) === pool.size, "pool_size", sealed.pool.length, pool.size);
  const nonce = hmacOf(sealed.salt);
  const leaves = [];
  for (const { expert, employer, verdict } of sealed.pool) {
    leaves.push(sha256(LEAF, canonical([expert, employer, verdict, toHex(nonce(utf8(expert)))])));
    if (leaves.length % PAUSE === 0) await rest(leaves.length / sealed.pool.length);
  }
  const root = toHex(merkleRoot(leaves));
  insist(root === toHex(pool.root), "pool_root", `${root.slice(0, 16)}…`);

  const chanceOf = new Map();
  const tagOf = new Map();
  const employerOf = new Map();
  const totalOf = new Map();
  const members = cells.map(() => []);
  for (const { expert, employer, cell } of sealed.pool) {
    if (cell === null) continue;
    insist(cell < cells.length, "no_such_cell", cell);
    members[cell].push({ expert, employer });
    chanceOf.set(expert, chances[cell]);
    const tag = cells[cell].employer;
    insist(!tagOf.has(employer) || tagOf.get(employer) === tag, "employer_of_two_tags", employer);
    tagOf.set(employer, tag);
    if (tag) insist(!employerOf.has(tag) || employerOf.get(tag) === employer, "tag_of_two_employers", tag);
    employerOf.set(tag, employer);
    totalOf.set(employer, plus(totalOf.get(employer) || ZERO, chances[cell]));
  }
  members.forEach((all, n) => insist(BigInt(all.length) === cells[n].members, "cell_members", n, all.length, cells[n].members));
  for (const [employer, total] of totalOf) insist(!less(whole(cap), total), "employer_above_cap", employer, text(total), cap);

  const given = toHex(sha256(canonical([toHex(nonce(new Uint8Array())), sealed.conflicts])));
  insist(given === toHex(conflicts.digest), "conflicts_digest");
  insist(BigInt(sealed.conflicts.length) === conflicts.pairs, "conflicts_number", sealed.conflicts.length, conflicts.pairs);
  let shift = ZERO;
  for (const [one, other] of sealed.conflicts) {
    insist(chanceOf.has(one) && chanceOf.has(other), "conflict_of_no_one", one, other);
    const [left, right] = [chanceOf.get(one), chanceOf.get(other)];
    shift = plus(shift, less(left, right) ? left : right);
  }
  if (less(ONE, shift)) shift = ONE;
  insist(equal(shift, conflicts.most_shift), "conflicts_shift", text(shift), text(conflicts.most_shift));
  return members;
}

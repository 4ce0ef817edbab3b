// That the sealed pool is the one frozen before the seed existed (step 8).

import { chainOf, checkBodies } from "./bodies.js";
import { canonical } from "./canonical.js";
import { insist } from "./flaw.js";
import { hmacOf, sha256, toHex, utf8 } from "./sha256.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PAUSE = 2_000;

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

// A row's leaf; `own` is its salt in hex.
export const leafOf = ({ expert, path, verdict }, own) => sha256(LEAF, canonical([expert, ...path, verdict, own]));

// The tree head that a leaf and its path lead to (RFC 9162, 2.1.3.2), or null if the path has another length.
export function rootOfPath(leaf, index, size, path) {
  let head = leaf;
  let node = index;
  let last = size - 1n;
  for (const sibling of path) {
    if (last <= 0n) return null;
    if (node % 2n === 1n || node === last) {
      head = sha256(NODE, sibling, head);
      while (node % 2n === 0n && node > 0n) [node, last] = [node >> 1n, last >> 1n];
    } else head = sha256(NODE, head, sibling);
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n ? head : null;
}

// The eligible people in order of their ids: { expert, path, chain, cell }; and how many of each body are kept.
export async function checkPool({ commitment }, sealed, chances, rest) {
  const { lottery, pool, caps } = commitment;
  const { cells } = lottery;
  insist(BigInt(sealed.pool.length) === pool.size, "pool_size", sealed.pool.length, pool.size);
  const nonce = hmacOf(sealed.salt);
  const leaves = [];
  for (const row of sealed.pool) {
    leaves.push(leafOf(row, toHex(nonce(utf8(row.expert)))));
    if (leaves.length % PAUSE === 0) await rest(leaves.length / sealed.pool.length);
  }
  const root = toHex(merkleRoot(leaves));
  insist(root === toHex(pool.root), "pool_root", `${root.slice(0, 16)}…`);

  const people = [];
  const members = cells.map(() => 0n);
  for (const { expert, path, cell } of sealed.pool) {
    if (cell === null) continue;
    insist(cell < cells.length, "no_such_cell", cell);
    members[cell] += 1n;
    people.push({ expert, path, cell, chain: chainOf(path, caps) });
  }
  members.forEach((found, n) => insist(found === cells[n].members, "cell_members", n, found, cells[n].members));
  return { people, kept: checkBodies(people, commitment, chances, sealed.fixed) };
}

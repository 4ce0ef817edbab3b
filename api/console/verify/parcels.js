// Who goes into a bin together: parcels of one body, joined where a conflict keeps two people apart.

import { nameOf } from "./bodies.js";
import { ONE, ZERO as NONE, equal, gcd, less, over, plus, text } from "./fractions.js";
import { canonical } from "./canonical.js";
import { insist } from "./flaw.js";
import { before } from "./form.js";
import { hmacOf, sha256, toHex } from "./sha256.js";

const LONGEST = 40_000n;

// Whole shares of 1/D: for each cell, what a member takes of each slot, and its weight, the sum of them.
export function sharesOf({ cells, spread }) {
  const fractions = spread.map(({ cell, slot, load }) => ({ cell, slot, share: over(load, cells[cell].members) }));
  let unit = 1n;
  for (const { share } of fractions) {
    unit = (unit / gcd(unit, share.q)) * share.q;
    insist(unit < 1n << LONGEST, "too_fine_a_share");
  }
  const shares = cells.map(() => new Map());
  for (const { cell, slot, share } of fractions) if (share.p !== 0n) shares[cell].set(slot, share.p * (unit / share.q));
  return { unit, shares, weights: shares.map((of) => [...of.values()].reduce((a, b) => a + b, 0n)) };
}

export const earlier = (one, other) => {
  for (let n = 0; n < Math.min(one.length, other.length); n += 1) if (one[n] !== other[n]) return before(one[n], other[n]);
  return one.length < other.length;
};

// People by the body at `depth` of their chains; whoever has none there is a parcel alone.
export function divide(people, depth, weights) {
  const parcels = new Map();
  for (const one of people) {
    const body = one.chain[depth];
    const key = body ? `body ${body.name}` : `person ${one.expert}`;
    if (!parcels.has(key)) parcels.set(key, { path: body ? body.path : [one.expert], people: [], weight: 0n });
    const parcel = parcels.get(key);
    parcel.people.push(one);
    parcel.weight += weights[one.cell];
  }
  return [...parcels.values()];
}

// The outermost parcels after the pairs have been joined that can be, and the pairs that could not: the loose ones.
export function joined(people, pairs, { unit, weights }) {
  const parcelOf = new Map();
  const parcels = new Set(divide(people, 0, weights));
  for (const parcel of parcels) for (const { expert } of parcel.people) parcelOf.set(expert, parcel);
  const loose = [];
  for (const pair of pairs) {
    const [one, other] = pair.map((expert) => parcelOf.get(expert));
    if (one === other) {
      if (one.weight > unit) loose.push(pair);
    } else if (one.weight + other.weight > unit) loose.push(pair);
    else {
      const [into, from] = one.people.length < other.people.length ? [other, one] : [one, other];
      if (earlier(from.path, into.path)) into.path = from.path;
      into.people.push(...from.people);
      into.weight += from.weight;
      for (const { expert } of from.people) parcelOf.set(expert, into);
      parcels.delete(from);
    }
  }
  return { parcels: [...parcels], loose };
}

// Step 10: the conflicts are the committed ones, between eligible people, and their effect is bounded as stated.
export function checkConflicts({ commitment }, { conflicts, salt }, { people }, chances) {
  const stated = commitment.conflicts;
  const own = toHex(hmacOf(salt)(new Uint8Array()));
  insist(toHex(sha256(canonical([own, conflicts]))) === toHex(stated.digest), "conflicts_digest");
  insist(BigInt(conflicts.length) === stated.pairs, "conflicts_number", conflicts.length, stated.pairs);
  const chanceOf = new Map(people.map(({ expert, cell }) => [expert, chances[cell]]));
  for (const [one, other] of conflicts) insist(chanceOf.has(one) && chanceOf.has(other), "conflict_of_no_one", one, other);
  // Where whole panels are listed, each of them keeps every pair apart.
  const { loose } = commitment.method === "panels" ? { loose: [] } : joined(people, conflicts, sharesOf(commitment.lottery));
  insist(BigInt(loose.length) === stated.loose, "conflicts_loose", loose.length, stated.loose);
  let shift = NONE;
  for (const [one, other] of loose) {
    const [left, right] = [chanceOf.get(one), chanceOf.get(other)];
    shift = plus(shift, less(left, right) ? left : right);
  }
  if (less(ONE, shift)) shift = ONE;
  insist(equal(shift, stated.most_shift), "conflicts_shift", text(shift), text(stated.most_shift));
}

export const ticketName = ({ path }) => nameOf(path);

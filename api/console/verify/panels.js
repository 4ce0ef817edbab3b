// A lottery over whole listed panels ("Listed panels" of docs/certificate.md): valid, with the stated chances, and fair.

import { canonical } from "./canonical.js";
import { insist } from "./flaw.js";
import * as form from "./form.js";
import { ONE, ZERO, equal, fraction, gcd, less, over, plus, text, times, whole } from "./fractions.js";
import { hmacOf, sha256, toHex } from "./sha256.js";
import { Stream } from "./stream.js";

const MOST = 200;
const STEPS = 200_000;
const fields = (readers) => (value, at) => form.record(value, readers, at);

const signed = (value, at) => {
  const negative = typeof value === "string" && value.startsWith("-");
  const read = form.ratio(negative ? value.slice(1) : value, at);
  insist(!negative || read.p !== 0n, "not_in_lowest_terms", at);
  return negative ? { p: -read.p, q: read.q } : read;
};
const seat = (value, at) => {
  insist(Array.isArray(value) && value.length === 3, "not_a_load", at);
  const [atom, slot, count] = value.map((one) => form.count(one, at));
  return { atom, slot, count };
};
export const readPanels = fields({
  atoms: form.list(form.list(form.id)),
  levels: form.list(fields({ atoms: form.list(form.count), chance: form.ratio, most: signed, prices: form.list(signed) })),
  patterns: form.list(fields({ seats: form.list(seat), weight: form.ratio })),
  quotas: form.list(fields({ experts: form.list(form.id), least: form.count, most: form.nullOr(form.count), name: form.text })),
});

// The atoms' kinds and chances, and how a panel follows from a seed; says too whether all other panels could be tried.
export function checkPanels({ commitment }, sealed, given, { people, kept }) {
  const { panels, conflicts } = sealed;
  const own = toHex(hmacOf(sealed.salt)(new Uint8Array()));
  insist(toHex(sha256(canonical([own, given.sealed.panels]))) === toHex(commitment.panels.digest), "panels_digest");
  for (const name of ["atoms", "levels", "patterns", "quotas"]) insist(panels[name].length <= MOST, "too_many_cells", MOST);
  const lottery = { ...atomsOf(commitment, panels, people, kept, conflicts), slots: commitment.slots, seats: commitment.seats };
  lottery.chances = chancesOf(panels, lottery);
  checkTold(commitment.panels.chances, lottery);
  const tried = checkPrices(panels, lottery);
  return { tried, chanceOf: (expert) => lottery.chances[lottery.atomOf.get(expert)], panelOf: (seed) => draw(seed, panels) };
}

function atomsOf({ lottery, caps }, { atoms, quotas }, people, kept, conflicts) {
  const size = new Map();
  for (const { chain } of people) for (const { name } of chain) size.set(name, (size.get(name) || 0n) + 1n);
  const room = new Map();
  for (const { chain } of people) for (const { name, level } of chain) room.set(name, caps[level] - (kept.get(name) || 0n));
  const known = new Map(people.map((one) => [one.expert, one]));
  const members = quotas.map(({ experts }) => new Set(experts));
  const apart = new Set(conflicts.flat());
  const kindOf = ({ expert, cell, chain }) => ({
    slots: lottery.cells[cell].slots,
    bodies: chain.map(({ name }) => name).filter((name) => size.get(name) > room.get(name)),
    quotas: members.flatMap((one, n) => (one.has(expert) ? [n] : [])),
  });
  const atomOf = new Map();
  const kinds = atoms.map((atom, n) => {
    insist(atom.length > 0, "atoms_are_others");
    for (const expert of atom) {
      insist(known.has(expert) && !atomOf.has(expert), "atoms_are_others");
      atomOf.set(expert, n);
      insist(atom.length === 1 || !apart.has(expert), "atom_not_alike", n);
    }
    const own = atom.map((expert) => kindOf(known.get(expert)));
    insist(own.every((one) => JSON.stringify(one) === JSON.stringify(own[0])), "atom_not_alike", n);
    return own[0];
  });
  insist(atomOf.size === people.length, "atoms_are_others");
  const pairs = conflicts.map(([one, other]) => [atomOf.get(one), atomOf.get(other)]);
  return { kinds, atomOf, pairs, quotas, room, sizes: atoms.map((atom) => atom.length) };
}

// Whether so many of each atom keep every cap and conflict and exceed no quota; a whole panel also meets each quota.
function holds(counts, { kinds, sizes, quotas, room, pairs }, entire) {
  const held = new Map();
  const met = quotas.map(() => 0);
  for (const [atom, count] of counts) {
    if (count > sizes[atom]) return false;
    for (const body of kinds[atom].bodies) held.set(body, (held.get(body) || 0n) + BigInt(count));
    for (const quota of kinds[atom].quotas) met[quota] += count;
  }
  if ([...held].some(([body, count]) => count > room.get(body))) return false;
  if (quotas.some(({ least, most }, n) => (entire && met[n] < least) || (most !== null && met[n] > most))) return false;
  return !pairs.some(([one, other]) => counts.get(one) && counts.get(other));
}

function chancesOf({ patterns }, lottery) {
  let weights = ZERO;
  const chances = lottery.sizes.map(() => ZERO);
  for (const { seats, weight } of patterns) {
    insist(weight.p > 0n, "pattern_weight");
    weights = plus(weights, weight);
    const counts = new Map();
    const filled = lottery.slots.map(() => 0n);
    seats.forEach(({ atom, slot, count }, n) => {
      const last = seats[n - 1];
      insist(!last || last.atom < atom || (last.atom === atom && last.slot < slot), "pattern_out_of_order");
      insist(count > 0 && lottery.kinds[atom] && lottery.kinds[atom].slots.includes(slot), "pattern_seat");
      counts.set(atom, (counts.get(atom) || 0) + count);
      filled[slot] += BigInt(count);
    });
    insist(lottery.slots.every((one, n) => one.seats <= filled[n] && filled[n] <= one.most), "pattern_seats");
    insist(filled.reduce((a, b) => a + b, 0n) === lottery.seats, "pattern_seats");
    insist(holds(counts, lottery, true), "pattern_breaks");
    for (const [atom, count] of counts) chances[atom] = plus(chances[atom], over(times(weight, whole(count)), BigInt(lottery.sizes[atom])));
  }
  insist(equal(weights, ONE), "pattern_weight");
  return chances;
}

function checkTold(told, { chances, sizes }) {
  const found = new Map();
  chances.forEach((chance, n) => found.set(text(chance), (found.get(text(chance)) || 0n) + BigInt(sizes[n])));
  told.forEach(({ chance, experts }, n) => {
    insist(found.get(text(chance)) === experts && (n === 0 || less(told[n - 1].chance, chance)), "panels_chances");
  });
  insist(told.length === found.size, "panels_chances");
}

function checkPrices({ levels, patterns }, lottery) {
  const fixed = new Set();
  let last = ZERO;
  let tried = true;
  const worthOf = (prices, counts) => counts.reduce((total, [atom, count]) => plus(total, times(prices[atom], whole(count))), ZERO);
  for (const { atoms, chance, most, prices } of levels) {
    insist(prices.length === lottery.sizes.length && atoms.length > 0, "prices_prove_nothing");
    insist(!less(chance, last), "levels_fall");
    insist(atoms.every((atom) => !fixed.has(atom) && lottery.chances[atom] && equal(lottery.chances[atom], chance)), "prices_prove_nothing");
    last = chance;
    let weighed = ZERO;
    let worth = chance;
    prices.forEach((price, atom) => {
      const all = times(price, whole(lottery.sizes[atom]));
      if (fixed.has(atom)) worth = plus(worth, times(all, lottery.chances[atom]));
      else {
        insist(price.p >= 0n, "prices_prove_nothing");
        weighed = plus(weighed, all);
      }
    });
    insist(atoms.every((atom) => prices[atom].p > 0n) && equal(weighed, ONE), "prices_prove_nothing");
    insist(equal(worth, most), "prices_prove_nothing");
    for (const { seats } of patterns) insist(!less(most, worthOf(prices, seats.map(({ atom, count }) => [atom, count]))), "prices_prove_nothing");
    if (!noneWorthMore(prices, most, lottery)) tried = false;
    for (const atom of atoms) fixed.add(atom);
  }
  insist(fixed.size === lottery.sizes.length, "prices_prove_nothing");
  return tried;
}

// Tries the other panels one by one, best priced atoms first; false if they are too many.
function noneWorthMore(prices, most, lottery) {
  const order = prices.map((_, atom) => atom).sort((a, b) => (less(prices[b], prices[a]) ? -1 : less(prices[a], prices[b]) ? 1 : a - b));
  let steps = STEPS;
  const better = (at, left, value, counts) => {
    steps -= 1;
    if (left === 0) return less(most, value) && holds(counts, lottery, true) && canSit(counts, lottery);
    if (steps < 0 || at === order.length || !less(most, plus(value, times(prices[order[at]], whole(left))))) return false;
    const atom = order[at];
    for (let count = Math.min(left, lottery.sizes[atom]); count >= 0; count -= 1) {
      const more = count ? new Map([...counts, [atom, count]]) : counts;
      if (count && !holds(more, lottery, false)) continue;
      if (better(at + 1, left - count, plus(value, times(prices[atom], whole(count))), more)) return true;
    }
    return false;
  };
  insist(!better(0, Number(lottery.seats), ZERO, new Map()), "panel_not_listed");
  return steps >= 0 && lottery.slots.length <= 12;
}

// Every set of slots has room for those who reach only it, and enough who reach it.
function canSit(counts, { slots, kinds }) {
  if (slots.length > 12) return false;
  for (let mask = 1; mask < 1 << slots.length; mask += 1) {
    const inside = (slot) => (mask >> slot) & 1;
    let [only, reach, least, most] = [0, 0, 0n, 0n];
    for (const [atom, count] of counts) {
      if (kinds[atom].slots.every(inside)) only += count;
      if (kinds[atom].slots.some(inside)) reach += count;
    }
    slots.forEach((one, slot) => {
      if (!inside(slot)) return;
      least += one.seats;
      most += one.most;
    });
    if (BigInt(only) > most || BigInt(reach) < least) return false;
  }
  return true;
}

function draw(seed, { atoms, patterns }) {
  const stream = new Stream(seed);
  const scale = patterns.reduce((all, { weight }) => (all / gcd(all, weight.q)) * weight.q, 1n);
  let at = stream.below(scale);
  let [chosen] = patterns;
  for (const one of patterns) {
    chosen = one;
    const { p, q } = fraction(one.weight.p * scale, one.weight.q);
    at -= p / q;
    if (at < 0n) break;
  }
  const left = new Map(chosen.seats.map(({ atom }) => [atom, [...atoms[atom]]]));
  return chosen.seats.flatMap(({ atom, slot, count }) => Array.from({ length: count }, () => {
    const list = left.get(atom);
    const [expert] = list.splice(Number(stream.below(BigInt(list.length))), 1);
    return { expert, slot };
  }));
}

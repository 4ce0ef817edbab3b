// The panel that a seed gives (step 9; "Sampling" of docs/certificate.md).

import { gcd, over } from "./fractions.js";
import { insist } from "./flaw.js";
import { ZERO, sha256, toHex, utf8 } from "./sha256.js";

const LONGEST = 20_000n;

// Numbers from a seed: blocks H(seed ‖ i), read as one run of bytes.
export class Stream {
  constructor(seed) {
    this.seed = seed;
    this.block = new Uint8Array();
    this.at = 0;
    this.next = 0n;
  }

  byte() {
    if (this.at === this.block.length) {
      const counter = new DataView(new ArrayBuffer(8));
      counter.setBigUint64(0, this.next);
      this.block = sha256(this.seed, new Uint8Array(counter.buffer));
      this.next += 1n;
      this.at = 0;
    }
    this.at += 1;
    return this.block[this.at - 1];
  }

  below(n) {
    const bits = n > 1n ? (n - 1n).toString(2).length : 0;
    const mask = (1n << BigInt(bits)) - 1n;
    for (;;) {
      let number = 0n;
      for (let taken = 0; taken < bits; taken += 8) number = (number << 8n) | BigInt(this.byte());
      number &= mask;
      if (number < n) return number;
    }
  }
}

const ticket = (seed, id) => toHex(sha256(utf8("yidi/order/1"), ZERO, seed, utf8(id)));
const byTicket = (seed, all, idOf) => all.map((one) => [ticket(seed, idOf(one)), one]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);

// Whole shares of 1/D: for each cell, what a member takes of each slot.
export function sharesOf({ cells, spread }) {
  const fractions = spread.map(({ cell, slot, load }) => ({ cell, slot, share: over(load, cells[cell].members) }));
  let unit = 1n;
  for (const { share } of fractions) {
    unit = (unit / gcd(unit, share.q)) * share.q;
    insist(unit < 1n << LONGEST, "too_fine_a_share");
  }
  const shares = cells.map(() => new Map());
  for (const { cell, slot, share } of fractions) if (share.p !== 0n) shares[cell].set(slot, share.p * (unit / share.q));
  return { unit, shares, totals: shares.map((of) => [...of.values()].reduce((a, b) => a + b, 0n)) };
}

// Bins of members whose shares together are at most one seat; a bin's `group` is 0 unless one employer fills several.
function binsOf(seed, employers, unit) {
  const bins = [];
  const put = (members, total, group, last) => {
    if (last === null || last.total + total > unit) {
      bins.push({ members: [...members], total, group });
      return;
    }
    last.members.push(...members);
    last.total += total;
  };
  const ordered = byTicket(seed, [...employers.values()], (one) => one.name);
  for (const { members, total } of ordered.filter((one) => one.total <= unit)) put(members, total, 0, bins[bins.length - 1] || null);
  ordered.filter((one) => one.total > unit).forEach(({ members }, n) => {
    const from = bins.length;
    for (const member of byTicket(seed, members, (one) => one.expert)) {
      put([member], member.total, n + 1, bins.length > from ? bins[bins.length - 1] : null);
    }
  });
  return bins;
}

// Amounts between numbered nodes: bins, then idle nodes, then slots. An edge knows both ends and its flow's direction.
class Graph {
  constructor(bins, slots, shares, unit) {
    const idles = 1 + Math.max(0, ...bins.map((bin) => bin.group));
    this.unit = unit;
    this.slotsAt = bins.length + idles;
    this.edges = Array.from({ length: this.slotsAt + slots }, () => new Map());
    const into = new Array(idles).fill(0n);
    bins.forEach((bin, n) => {
      const amounts = new Map();
      for (const { cell } of bin.members) for (const [slot, share] of shares[cell]) amounts.set(slot, (amounts.get(slot) || 0n) + share);
      for (const [slot, amount] of amounts) this.join(n, this.slotsAt + slot, amount);
      this.join(n, bins.length + bin.group, unit - bin.total);
      into[bin.group] += unit - bin.total;
    });
    for (let group = 1; group < idles; group += 1) this.join(bins.length + group, bins.length, into[group]);
  }

  join(from, to, amount) {
    const edge = { from, to, amount };
    this.edges[from].set(to, edge);
    this.edges[to].set(from, edge);
  }

  isOpen(edge) {
    return edge.amount % this.unit !== 0n;
  }

  // The smallest neighbour over an open edge, other than the one just used.
  onward(node, used) {
    let found = null;
    for (const [to, edge] of this.edges[node]) if (edge !== used && this.isOpen(edge) && (found === null || to < found)) found = to;
    return found;
  }

  round(stream) {
    let start = 0;
    for (;;) {
      while (start < this.edges.length && this.onward(start, null) === null) start += 1;
      if (start === this.edges.length) return;
      this.turn(this.cycleFrom(start), stream);
    }
  }

  // The edges of the first loop met, each with whether it is gone along in the direction of its flow.
  cycleFrom(start) {
    const path = [];
    const seen = new Map([[start, 0]]);
    for (let node = start, used = null; ;) {
      const to = this.onward(node, used);
      insist(to !== null, "no_way_on");
      used = this.edges[node].get(to);
      path.push({ edge: used, forward: used.from === node });
      if (seen.has(to)) return path.slice(seen.get(to));
      seen.set(to, path.length);
      node = to;
    }
  }

  turn(cycle, stream) {
    const smallest = (all) => all.reduce((a, b) => (b < a ? b : a));
    const rest = (edge) => edge.amount % this.unit;
    const up = smallest(cycle.map(({ edge, forward }) => (forward ? this.unit - rest(edge) : rest(edge))));
    const down = smallest(cycle.map(({ edge, forward }) => (forward ? rest(edge) : this.unit - rest(edge))));
    const by = stream.below(up + down) < down ? up : -down;
    for (const { edge, forward } of cycle) edge.amount += forward ? by : -by;
  }
}

// Who sits where: [{ expert, slot, cell }] in the order of slots, then of bins.
function sample(seed, employers, { unit, shares }, slots) {
  const stream = new Stream(seed);
  const bins = binsOf(seed, employers, unit);
  const graph = new Graph(bins, slots, shares, unit);
  graph.round(stream);
  const taken = [];
  bins.forEach((bin, n) => {
    for (const [to, edge] of graph.edges[n]) {
      const slot = to - graph.slotsAt;
      if (slot < 0 || edge.amount !== unit) continue;
      const share = ({ cell }) => shares[cell].get(slot) || 0n;
      let left = stream.below(bin.members.reduce((sum, member) => sum + share(member), 0n));
      const member = bin.members.find((one) => {
        if (left < share(one)) return true;
        left -= share(one);
        return false;
      });
      taken.push({ expert: member.expert, slot, cell: member.cell });
    }
  });
  return taken;
}

// The first panel without two who must not sit together, from the seed or those that follow it.
export async function replay(seed, members, { lottery, slots }, conflicts, most, rest) {
  const whole = sharesOf(lottery);
  const employers = new Map();
  members.forEach((all, cell) => {
    for (const { expert, employer } of all) {
      if (!employers.has(employer)) employers.set(employer, { name: employer, members: [], total: 0n });
      const one = employers.get(employer);
      one.members.push({ expert, cell, total: whole.totals[cell] });
      one.total += whole.totals[cell];
    }
  });
  for (let attempt = 1, from = seed; attempt <= most; attempt += 1) {
    const taken = sample(from, employers, whole, slots.length);
    const ids = new Set(taken.map((one) => one.expert));
    if (!conflicts.some(([one, other]) => ids.has(one) && ids.has(other))) return { taken, attempt };
    from = sha256(utf8("yidi/again/1"), ZERO, from);
    await rest(attempt / most);
  }
  return null;
}

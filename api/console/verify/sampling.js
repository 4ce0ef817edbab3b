// The panel that a seed gives by rounding a flow ("Sampling" of docs/certificate.md).

import { insist } from "./flaw.js";
import { before } from "./form.js";
import { divide, ticketName } from "./parcels.js";
import { Stream, byTicket } from "./stream.js";

// Bins of people whose shares together are at most one seat, and for each group of bins the group around it.
function binsOf(seed, parcels, { unit, weights }) {
  const bins = [];
  const around = [null];
  const pack = (some, group, depth) => {
    const ordered = byTicket(seed, some, ticketName);
    let bin = null;
    for (const { people, weight } of ordered.filter((one) => one.weight <= unit)) {
      if (bin === null || bin.weight + weight > unit) {
        bin = { people: [], weight: 0n, group };
        bins.push(bin);
      }
      bin.people.push(...people);
      bin.weight += weight;
    }
    for (const { people } of ordered.filter((one) => one.weight > unit)) {
      around.push(group);
      pack(divide(people, depth, weights), around.length - 1, depth + 1);
    }
  };
  pack(parcels, 0, 1);
  for (const bin of bins) bin.people.sort((a, b) => a.cell - b.cell || (before(a.expert, b.expert) ? -1 : 1));
  return { bins, around };
}

// Amounts between numbered nodes: bins, then idle nodes, then slots, then the total. An edge knows its flow's direction.
class Graph {
  constructor({ bins, around }, slots, { unit, shares }) {
    this.unit = unit;
    this.slotsAt = bins.length + around.length;
    this.edges = Array.from({ length: this.slotsAt + slots + 1 }, () => new Map());
    const idle = around.map(() => 0n);
    const filled = new Array(slots).fill(0n);
    bins.forEach((bin, n) => {
      const amounts = new Map();
      for (const { cell } of bin.people) for (const [slot, share] of shares[cell]) amounts.set(slot, (amounts.get(slot) || 0n) + share);
      for (const [slot, amount] of amounts) {
        this.join(n, this.slotsAt + slot, amount);
        filled[slot] += amount;
      }
      this.join(n, bins.length + bin.group, unit - bin.weight);
      idle[bin.group] += unit - bin.weight;
    });
    // Inner groups have the larger numbers: what they send on is known before the group around them sends its own.
    for (let group = around.length - 1; group > 0; group -= 1) {
      this.join(bins.length + group, bins.length + around[group], idle[group]);
      idle[around[group]] += idle[group];
    }
    filled.forEach((amount, slot) => this.join(this.slotsAt + slot, this.slotsAt + slots, amount));
  }

  join(from, to, amount) {
    const edge = { from, to, amount };
    this.edges[from].set(to, edge);
    this.edges[to].set(from, edge);
  }

  // The smallest neighbour over an edge whose amount is not whole, other than the edge just used.
  onward(node, used) {
    let found = null;
    for (const [to, edge] of this.edges[node]) {
      if (edge !== used && edge.amount % this.unit !== 0n && (found === null || to < found)) found = to;
    }
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

// Who sits where: [{ expert, slot, cell }].
export function sample(seed, parcels, whole, slots) {
  const stream = new Stream(seed);
  const packed = binsOf(seed, parcels, whole);
  const graph = new Graph(packed, slots, whole);
  graph.round(stream);
  const taken = [];
  packed.bins.forEach((bin, n) => {
    for (let slot = 0; slot < slots; slot += 1) {
      const edge = graph.edges[n].get(graph.slotsAt + slot);
      if (!edge || edge.amount !== whole.unit) continue;
      const share = ({ cell }) => whole.shares[cell].get(slot) || 0n;
      let left = stream.below(bin.people.reduce((sum, one) => sum + share(one), 0n));
      const { expert, cell } = bin.people.find((one) => {
        if (left < share(one)) return true;
        left -= share(one);
        return false;
      });
      taken.push({ expert, slot, cell });
    }
  });
  return taken;
}

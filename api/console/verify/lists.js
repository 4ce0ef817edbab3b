// The panel that a seed gives list by list ("List by list" of docs/certificate.md); null for a dead end.

import { Stream } from "./stream.js";

export function drawLists(seed, people, conflicts, kept, { slots, lottery, caps }) {
  const stream = new Stream(seed);
  const seated = new Set();
  const held = new Map(kept);
  const foes = new Map();
  for (const [one, other] of conflicts) {
    for (const [a, b] of [[one, other], [other, one]]) foes.set(a, [...(foes.get(a) || []), b]);
  }
  const mayNot = ({ expert, chain }) => seated.has(expert) || chain.some(({ level, name }) => (held.get(name) || 0n) >= caps[level])
    || (foes.get(expert) || []).some((foe) => seated.has(foe));
  const taken = [];
  for (let slot = 0; slot < slots.length; slot += 1) {
    const list = people.filter(({ cell }) => lottery.cells[cell].slots.includes(slot));
    for (let left = slots[slot].seats; left > 0n;) {
      if (list.length === 0) return null;
      const [one] = list.splice(Number(stream.below(BigInt(list.length))), 1);
      if (mayNot(one)) continue;
      seated.add(one.expert);
      for (const { name } of one.chain) held.set(name, (held.get(name) || 0n) + 1n);
      taken.push({ expert: one.expert, slot, cell: one.cell });
      left -= 1n;
    }
  }
  return taken;
}

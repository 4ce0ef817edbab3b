// Groups, employers and departments of the sealed pool: whose people may not be too many on one panel (step 8).

import { ZERO, less, plus, text, whole } from "./fractions.js";
import { insist } from "./flaw.js";
import { LEVELS } from "./public.js";

// A body's path is the names from the group inwards, the group's empty where there is none. NUL is in no id of use.
export const nameOf = (path) => path.join("\u0000");

// The bodies with a cap that a person belongs to, from the outside in: [{ level, path, name }].
export function chainOf(path, caps) {
  const chain = [];
  LEVELS.forEach((level, depth) => {
    if (caps[level] === null || path[depth] === "") return;
    const own = path.slice(0, depth + 1);
    chain.push({ level, path: own, name: `${depth} ${nameOf(own)}` });
  });
  return chain;
}

// Each numbered body is one body of the pool, and everyone's cell hangs on the smallest that is one's own.
export function checkBodies(people, { lottery, caps }, chances, fixed) {
  const { bodies, cells } = lottery;
  const groupOf = new Map();
  const found = bodies.map(() => null);
  const numbers = new Map();
  const totals = new Map();
  for (const { path, chain, cell } of people) {
    const [group, employer] = path;
    insist(!groupOf.has(employer) || groupOf.get(employer) === group, "employer_of_two_groups", employer);
    groupOf.set(employer, group);
    for (let body = cells[cell].body; body !== null; body = bodies[body].within) {
      const own = chain.find((one) => one.level === bodies[body].level);
      insist(own, "not_of_the_body", body);
      insist(found[body] === null || found[body] === own.name, "body_of_two", body);
      insist(!numbers.has(own.name) || numbers.get(own.name) === body, "body_twice", body);
      found[body] = own.name;
      numbers.set(own.name, body);
    }
    for (const { name } of chain) totals.set(name, plus(totals.get(name) || ZERO, chances[cell]));
  }
  found.forEach((name, n) => insist(name !== null, "empty_body", n));

  const kept = new Map();
  for (const { path } of fixed) for (const { name } of chainOf(path, caps)) kept.set(name, (kept.get(name) || 0n) + 1n);
  const checked = new Set();
  for (const { chain, cell } of people) {
    let around = null;
    for (const { level, path, name } of chain) {
      const number = numbers.get(name);
      if (number !== undefined) {
        insist(bodies[number].within === around, "body_hangs_elsewhere", number);
        around = number;
      }
      if (checked.has(name)) continue;
      checked.add(name);
      const left = caps[level] - (kept.get(name) || 0n);
      if (number !== undefined) insist(bodies[number].cap === left, "body_cap", number, bodies[number].cap, left);
      const place = path[path.length - 1];
      insist(left >= 0n && !less(whole(left), totals.get(name)), "people_above_cap", place, text(totals.get(name)), left);
    }
    insist(around === cells[cell].body, "cell_hangs_elsewhere", cell);
  }
  return kept;
}

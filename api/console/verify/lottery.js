// That the lottery is one (step 5) and that no lottery serves the least likely better (step 6).

import { ONE, ZERO, equal, less, plus, text, times, whole } from "./fractions.js";
import { insist } from "./flaw.js";
import { LEVELS } from "./public.js";

// The chance of each cell, once every sum has been checked.
export function checkLottery({ slots, lottery, pool, seats }) {
  const { bodies, cells } = lottery;
  bodies.forEach(({ level, within }, n) => {
    if (within === null) return;
    insist(within < n && LEVELS.indexOf(bodies[within].level) < LEVELS.indexOf(level), "body_within_no_outer_one", n);
  });
  const kinds = new Set();
  let members = 0n;
  cells.forEach((cell, n) => {
    const kind = `${cell.slots} ${cell.body}`;
    insist(!kinds.has(kind), "cell_twice", n);
    kinds.add(kind);
    insist(cell.members >= 1n, "empty_cell", n);
    insist(cell.slots.length > 0 && cell.slots.every((slot) => slot < slots.length), "cell_reaches_no_slot", n);
    insist(cell.body === null || cell.body < bodies.length, "cell_of_no_body", n);
    members += cell.members;
  });
  insist(members === pool.eligible, "members_are_not_eligible", members, pool.eligible);
  insist(pool.eligible <= pool.size, "more_eligible_than_pool", pool.eligible, pool.size);
  const chances = chancesOf(lottery);
  checkLoads(lottery, slots, seats, chances);
  return chances;
}

function chancesOf({ cells, levels }) {
  const chances = new Array(cells.length).fill(null);
  for (const level of levels) {
    for (const cell of level.cells) {
      insist(cell < cells.length, "no_such_cell", cell);
      insist(chances[cell] === null, "two_chances", cell);
      chances[cell] = level.chance;
    }
    insist(!less(ONE, level.chance), "chance_above_one", text(level.chance));
  }
  chances.forEach((chance, n) => insist(chance !== null, "no_chance", n));
  return chances;
}

function checkLoads({ bodies, cells, spread }, slots, seats, chances) {
  const ofCell = cells.map(() => ZERO);
  const ofSlot = slots.map(() => ZERO);
  const ofBody = bodies.map(() => ZERO);
  const pairs = new Set();
  for (const { cell, slot, load } of spread) {
    insist(cell < cells.length && cells[cell].slots.includes(slot), "load_out_of_reach", cell, slot);
    insist(!pairs.has(`${cell} ${slot}`), "load_twice", cell, slot);
    pairs.add(`${cell} ${slot}`);
    ofCell[cell] = plus(ofCell[cell], load);
    ofSlot[slot] = plus(ofSlot[slot], load);
  }
  cells.forEach(({ members, body }, n) => {
    const due = times(whole(members), chances[n]);
    insist(equal(ofCell[n], due), "cell_does_not_sum", n, text(ofCell[n]), text(due));
    for (let one = body; one !== null; one = bodies[one].within) ofBody[one] = plus(ofBody[one], ofCell[n]);
  });
  slots.forEach((slot, n) => {
    const fits = !less(ofSlot[n], whole(slot.seats)) && !less(whole(slot.most), ofSlot[n]);
    insist(fits, "slot_does_not_sum", slot.slot_id, text(ofSlot[n]), slot.seats, slot.most);
  });
  const all = ofSlot.reduce(plus, ZERO);
  insist(equal(all, whole(seats)), "lottery_does_not_sum", text(all), seats);
  bodies.forEach(({ cap }, n) => insist(!less(whole(cap), ofBody[n]), "body_above_cap", n, text(ofBody[n]), cap));
}

// Each level's cut is tight, so that its cells can have no more and nobody below them could (leximin).
export function checkCuts({ slots, lottery, seats }, chances) {
  const { cells, levels } = lottery;
  const fixed = new Set();
  let last = ZERO;
  levels.forEach((level, n) => {
    insist(level.cells.length > 0, "level_of_no_cells", n);
    insist(!less(level.chance, last), "chances_fall", n, text(level.chance), text(last));
    last = level.chance;
    if (level.cut === null) insist(equal(level.chance, ONE), "ceiling_below_one", n, text(level.chance));
    else checkCut(level, n, { slots, lottery, seats }, (index) => (fixed.has(index) ? chances[index] : null));
    for (const index of level.cells) fixed.add(index);
  });
  insist(fixed.size === cells.length, "no_chance", cells.length);
}

// What must flow into the cut's set of nodes is what can leave it; `known` gives the chance of cells of earlier levels.
function checkCut({ cells: risen, chance, cut }, n, { slots, lottery, seats }, known) {
  const { bodies, cells } = lottery;
  const inside = {};
  for (const [name, all] of [["bodies", bodies], ["cells", cells], ["slots", slots]]) {
    insist(cut[name].every((index) => index < all.length), "cut_of_no_nodes", n);
    inside[name] = new Set(cut[name]);
  }
  const outer = (index) => (index === null ? cut.ground : inside.bodies.has(index));
  let enters = ZERO;
  let leaves = ZERO;
  const edge = (from, to, least, most) => {
    if (!from && to) enters = plus(enters, least);
    if (from && !to) leaves = plus(leaves, most);
  };
  bodies.forEach(({ within, cap }, index) => edge(outer(within), inside.bodies.has(index), ZERO, whole(cap)));
  cells.forEach(({ body, members, slots: reach }, index) => {
    const within = inside.cells.has(index);
    const own = known(index);
    edge(outer(body), within, times(whole(members), own || chance), own ? times(whole(members), own) : whole(members));
    insist(!within || reach.every((slot) => inside.slots.has(slot)), "cut_is_open", n);
  });
  slots.forEach((slot, index) => edge(inside.slots.has(index), cut.total, whole(slot.seats), whole(slot.most)));
  edge(cut.total, cut.ground, whole(seats), whole(seats));
  insist(risen.every((index) => inside.cells.has(index) && !outer(cells[index].body)), "cell_leaves_the_cut", n);
  insist(equal(enters, leaves), "cut_is_not_tight", n, text(enters), text(leaves));
}

// That the lottery is one (step 4) and that no lottery serves the least likely better (step 5).

import { ONE, ZERO, equal, less, minus, plus, sum, text, times, whole } from "./fractions.js";
import { insist } from "./flaw.js";

// The chance of each cell, once every sum has been checked.
export function checkLottery({ slots, lottery, pool, employer_cap: cap }) {
  const { cells, levels, spread } = lottery;
  const kinds = new Set();
  let members = 0n;
  cells.forEach((cell, n) => {
    const kind = JSON.stringify([cell.slots, cell.employer]);
    insist(!kinds.has(kind), "cell_twice", n);
    kinds.add(kind);
    insist(cell.members >= 1n, "empty_cell", n);
    insist(cell.slots.length > 0 && cell.slots.every((slot) => slot < slots.length), "cell_reaches_no_slot", n);
    members += cell.members;
  });
  insist(members === pool.eligible, "members_are_not_eligible", members, pool.eligible);
  insist(pool.eligible <= pool.size, "more_eligible_than_pool", pool.eligible, pool.size);

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

  const ofCell = cells.map(() => ZERO);
  const ofSlot = slots.map(() => ZERO);
  const ofTag = new Map();
  const pairs = new Set();
  for (const { cell, slot, load } of spread) {
    insist(cell < cells.length && cells[cell].slots.includes(slot), "load_out_of_reach", cell, slot);
    insist(!pairs.has(`${cell} ${slot}`), "load_twice", cell, slot);
    pairs.add(`${cell} ${slot}`);
    ofCell[cell] = plus(ofCell[cell], load);
    ofSlot[slot] = plus(ofSlot[slot], load);
    const tag = cells[cell].employer;
    if (tag) ofTag.set(tag, plus(ofTag.get(tag) || ZERO, load));
  }
  ofCell.forEach((load, n) => {
    const due = times(whole(cells[n].members), chances[n]);
    insist(equal(load, due), "cell_does_not_sum", n, text(load), text(due));
  });
  ofSlot.forEach((load, n) => insist(equal(load, whole(slots[n].seats)), "slot_does_not_sum", slots[n].slot_id, text(load), slots[n].seats));
  for (const [tag, load] of ofTag) insist(!less(whole(cap), load), "tag_above_cap", tag, text(load), cap);
  return chances;
}

// Each level's cut is tight, so that its cells can have no more and nobody below them could (leximin).
export function checkCuts({ slots, lottery, employer_cap: cap }, chances) {
  const { cells, levels } = lottery;
  const known = new Set(cells.map((cell) => cell.employer).filter(Boolean));
  const fixed = new Set();
  let last = ZERO;
  levels.forEach((level, n) => {
    insist(level.cells.length > 0, "level_of_no_cells", n);
    insist(!less(level.chance, last), "chances_fall", n, text(level.chance), text(last));
    last = level.chance;
    insist(level.slots.every((slot) => slot < slots.length), "cut_of_no_slots", n);
    const cut = new Set(level.slots);
    const tags = new Set(level.employers);
    const within = (cell) => cell.slots.every((slot) => cut.has(slot));
    const apart = (cell) => cell.slots.every((slot) => !cut.has(slot));
    const loadAt = (index, chance) => times(whole(cells[index].members), fixed.has(index) ? chances[index] : chance);
    const seats = whole([...cut].reduce((all, slot) => all + slots[slot].seats, 0n));
    if (level.cut === "ceiling") insist(equal(level.chance, ONE), "ceiling_below_one", n, text(level.chance));
    else if (level.cut === "within") {
      insist(level.cells.every((index) => within(cells[index])), "cell_leaves_the_cut", n);
      const bound = sum(cells.flatMap((cell, index) => (within(cell) ? [loadAt(index, level.chance)] : [])));
      insist(equal(bound, seats), "cut_is_not_tight", n, text(bound), text(seats));
    } else {
      insist(level.employers.every((tag) => known.has(tag)), "cut_of_no_employers", n);
      insist(level.cells.every((index) => tags.has(cells[index].employer) && apart(cells[index])), "cell_leaves_the_cut", n);
      let bound = times(whole(cap), whole(tags.size));
      cells.forEach((cell, index) => {
        if (tags.has(cell.employer)) {
          if (apart(cell)) bound = minus(bound, loadAt(index, level.chance));
        } else if (!apart(cell)) bound = plus(bound, loadAt(index, ONE));
      });
      insist(equal(bound, seats), "cut_is_not_tight", n, text(bound), text(seats));
    }
    for (const index of level.cells) fixed.add(index);
  });
}

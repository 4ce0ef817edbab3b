// That the panel is the one the seed gives, and that each panel before it was passed over for a reason (step 12).

import { insist } from "./flaw.js";
import { before } from "./form.js";
import { equal, text } from "./fractions.js";
import { drawLists } from "./lists.js";
import { joined, sharesOf } from "./parcels.js";
import { sample } from "./sampling.js";
import { satAtMost } from "./scarcity.js";
import { again } from "./stream.js";

const ATTEMPTS = 1000;

export async function checkPanel({ public: { commitment }, sealed, pool: { people, kept }, chances, listed }, rest) {
  const { attempts, conflicts, stranded } = sealed;
  insist(attempts >= 1 && attempts <= ATTEMPTS, "attempts_out_of_bounds", attempts, ATTEMPTS);
  insist(commitment.method !== "panels" || listed, "panels_digest");
  const panelOf = listed ? listed.panelOf : drawer(commitment, people, conflicts, kept);
  const chanceOf = listed ? ({ expert }) => listed.chanceOf(expert) : ({ cell }) => chances[cell];
  const told = new Map();
  for (const one of stranded) {
    insist(commitment.joint !== null, "stranded_alone");
    insist(one.attempt >= 1 && one.attempt < attempts && !told.has(one.attempt), "stranded_attempt", one.attempt);
    told.set(one.attempt, one);
  }
  for (let attempt = 1, seed = sealed.seed; attempt <= attempts; attempt += 1, seed = again(seed)) {
    const taken = panelOf(seed);
    const seated = new Set((taken || []).map((one) => one.expert));
    const met = conflicts.some(([one, other]) => seated.has(one) && seated.has(other));
    const strands = told.get(attempt);
    if (strands) {
      insist(taken !== null && !met, "stranded_attempt", attempt);
      const able = satAtMost(strands, seated);
      insist(able < strands.needed, "stranded_nobody", attempt, able, strands.needed);
    }
    if (attempt < attempts) insist(taken === null || met || strands, "passed_over_for_nothing", attempt);
    else {
      insist(taken !== null, "panel_is_a_dead_end", attempt);
      insist(!met, "panel_meets_a_conflict", attempt);
      checkMembers(taken, sealed.panel, commitment.slots, chanceOf);
    }
    await rest(attempt / attempts);
  }
}

function drawer(commitment, people, conflicts, kept) {
  if (commitment.method === "sequential") return (seed) => drawLists(seed, people, conflicts, kept, commitment);
  const whole = sharesOf(commitment.lottery);
  const { parcels } = joined(people, conflicts, whole);
  return (seed) => sample(seed, parcels, whole, commitment.slots.length);
}

function checkMembers(taken, panel, slots, chanceOf) {
  const drawn = taken.sort((a, b) => a.slot - b.slot || (before(a.expert, b.expert) ? -1 : 1));
  insist(drawn.length === panel.length, "panel_size", panel.length, drawn.length);
  drawn.forEach((one, n) => {
    const { expert, slot } = one;
    const chance = chanceOf(one);
    const member = panel[n];
    insist(member.expert_id === expert && member.slot_id === slots[slot].slot_id, "panel_is_another", n + 1);
    insist(equal(member.chance, chance), "member_chance", n + 1, text(member.chance), text(chance));
  });
}

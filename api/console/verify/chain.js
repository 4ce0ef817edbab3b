// How the draws of one project follow one another, as far as their certificates are all here.

import { instant } from "./form.js";
import { text } from "./fractions.js";

// For each checked certificate { digest, facts, sealed }: { state, code, facts } of its link to the draw before it.
export function linksOf(checked) {
  const byDigest = new Map(checked.map((one) => [one.digest, one]));
  const followers = new Map();
  for (const { facts } of checked) if (facts) followers.set(placeOf(facts), (followers.get(placeOf(facts)) || 0) + 1);
  return checked.map(({ facts, sealed }) => {
    if (!facts) return { state: "waits", code: "waits", facts: [] };
    const { number, previous, project_id: project } = facts.commitment;
    if (followers.get(placeOf(facts)) > 1) return { state: "broken", code: "drawn_twice", facts: [project, number] };
    if (previous === null) return { state: "holds", code: "first_draw", facts: [] };
    const before = byDigest.get(`sha256:${hex(previous)}`);
    if (!before) return { state: "closed", code: "previous_not_here", facts: [hex(previous).slice(0, 12)] };
    return linkOf(facts, sealed, before, byDigest);
  });
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const placeOf = ({ commitment }) => JSON.stringify([commitment.project_id, String(commitment.number)]);

function linkOf({ commitment }, sealed, before, byDigest) {
  const broken = (code, ...facts) => ({ state: "broken", code, facts });
  if (!before.facts) return { state: "waits", code: "waits", facts: [] };
  const earlier = before.facts.commitment;
  if (earlier.project_id !== commitment.project_id) return broken("previous_of_another_project", earlier.project_id);
  if (earlier.number + 1n !== commitment.number) return broken("number_missing", earlier.number, commitment.number);
  if (instant(before.facts.completed_at) > instant(commitment.committed_at)) return broken("committed_too_early");
  const seated = sealed && seatedUntil(before, byDigest);
  if (seated) {
    const stranger = sealed.fixed.findIndex((one) => seated.get(one.expert_id) !== seatOf(one));
    if (stranger >= 0) return broken("fixed_was_not_seated", stranger + 1);
    const again = sealed.panel.find((one) => sealed.fixed.some((kept) => kept.expert_id === one.expert_id));
    if (again) return broken("drawn_and_fixed");
  }
  return { state: "holds", code: "follows", facts: [earlier.number] };
}

const seatOf = ({ slot_id: slot, chance }) => JSON.stringify([slot, text(chance)]);

// Who was drawn up to a draw, each with slot and chance; null unless all draws up to it are here and opened.
function seatedUntil(last, byDigest) {
  const draws = [];
  for (let one = last; one; one = byDigest.get(`sha256:${hex(one.facts.commitment.previous)}`)) {
    if (!one.facts || !one.sealed || draws.includes(one)) return null;
    draws.push(one);
    if (one.facts.commitment.previous === null) {
      return new Map(draws.reverse().flatMap(({ sealed }) => [...sealed.fixed, ...sealed.panel]).map((member) => [member.expert_id, seatOf(member)]));
    }
  }
  return null;
}

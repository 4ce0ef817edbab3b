// Plans (排期): the orders of a day with how far their solvers are, and the line over a draft. Knows nothing of networks.

import { clockOf, make } from "./dom.js";

const share = (part, whole) => (whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 1);

// The orders of a day, newest first; `act` does what the buttons say.
export function drawPlans(root, orders, day, words, zone, act) {
  const { say } = words;
  const seconds = make("input", { id: "plan-seconds", type: "number", min: "1", max: "3600", value: "30", required: "" });
  const order = make("form", {
    class: "order",
    onsubmit: (event) => {
      event.preventDefault();
      act.order(day, Number(seconds.value));
    },
  }, make("label", { for: "plan-seconds", text: say("planSeconds") }), seconds, make("button", { type: "submit", class: "first", text: say("planOrder") }));
  const items = orders.map((plan) => make("li", { class: plan.state, "data-plan": plan.plan_id },
    make("div", { class: "line" }, make("b", { text: plan.plan_id }), make("span", { class: "state", text: say(`plan.${plan.state}`) }),
      make("time", { datetime: plan.ordered_at, text: clockOf(plan.ordered_at, zone).time })),
    progressOf(plan, words), plan.explanation ? make("p", { class: "note", text: plan.explanation }) : null, buttonsOf(plan, words, act)));
  const none = orders.length ? null : make("p", { class: "none", text: say("planNone", day) });
  root.replaceChildren(...[act.mayChange ? order : null, make("ol", { class: "plans" }, ...items), none].filter(Boolean));
}

// The filled part of the bar is the cost that no plan can save; the rest, what at most a better one might.
function progressOf(plan, words) {
  const at = plan.state === "solving" ? plan.progress : plan;
  if (!at || !at.cost) return null;
  const proven = share(at.bound, at.cost);
  const text = at.bound ? words.say("planGap", percentLeft(proven), at.cost, at.bound) : words.say("planUnproven", at.cost);
  const meter = make("span", { class: "meter", "aria-hidden": "true" }, make("i"));
  meter.firstChild.style.width = `${proven * 100}%`;
  return make("div", { class: "proof" }, meter, make("span", { text }));
}

function percentLeft(proven) {
  return `${((1 - proven) * 100).toFixed(1)} %`;
}

function buttonsOf(plan, words, act, shown) {
  const button = (name, action, first) => make("button", { type: "button", class: first ? "first" : null, text: words.say(name), onclick: action });
  const made = [];
  if (!shown && ["solved", "published"].includes(plan.state)) made.push(button("planShow", () => act.show(plan)));
  if (act.mayChange && plan.state === "solved") made.push(button("planPublish", () => act.publish(plan), true));
  if (act.mayChange && ["queued", "solving", "solved"].includes(plan.state)) made.push(button("planWithdraw", () => act.withdraw(plan)));
  return made.length ? make("div", { class: "actions" }, ...made) : null;
}

// The line over a board that shows a plan: which one, what it achieves, and that nothing of it holds yet.
export function drawDraft(root, draft, words, act) {
  root.hidden = !draft;
  if (!draft) {
    root.replaceChildren();
    return;
  }
  const { say } = words;
  const { plan, board } = draft;
  const facts = [say("draftScheduled", draft.scheduled), say("draftSplit", draft.unavoidable_splits, draft.avoidable_splits)];
  if (board.unscheduled.length) facts.push(say("unscheduledCount", board.unscheduled.length));
  if (plan.cost) facts.push(say("draftGap", percentLeft(share(plan.bound, plan.cost))));
  const buttons = plan.state === "solved" ? buttonsOf(plan, words, act, true) : null;
  const back = make("button", { type: "button", id: "draft-back", text: say("draftBack"), onclick: () => act.back() });
  root.replaceChildren(make("b", { text: say(plan.state === "published" ? "draftPublished" : "draft", plan.plan_id) }),
    make("span", { text: facts.join(" · ") }), make("span", { class: "actions" }, back, buttons));
}

// Up to three places for one project, best first; `take` is called with what names the place.
export function drawOffers(root, offers, words, zone, nameOf, take) {
  const { say } = words;
  const item = (offer) => {
    const from = clockOf(offer.start, zone);
    const to = clockOf(offer.end, zone);
    const until = to.day === from.day ? to.time : `${to.day} ${to.time}`;
    const places = offer.venue_ids.map((venue, nth) => `${say(nth ? "guest" : "home")} ${nameOf.get(venue) || venue} ${offer.room_ids[nth]}`);
    return make("li", {}, make("div", { class: "line" }, make("b", { text: `${from.day} ${from.time}–${until}` }), offer.split ? make("span", { class: "state", text: say("split") }) : null),
      make("p", { class: "note", text: places.join(" · ") }),
      make("button", { type: "button", class: "first", text: say("offerTake"), onclick: () => take({ seed: offer.seed, start: offer.start }) }));
  };
  const best = make("button", { type: "button", text: say("offerBest"), onclick: () => take({}) });
  const none = offers.length ? null : make("p", { class: "none", text: say("offersNone") });
  root.replaceChildren(...[none, make("ol", { class: "plans" }, ...offers.map(item)), best].filter(Boolean));
}

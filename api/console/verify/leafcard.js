// An expert's leaf proof, as the page shows it.

import { make } from "../dom.js";
import { text } from "./fractions.js";
import { verifyLeaf } from "./leaf.js";

const TITLES = { holds: "leafHolds", broken: "leafBroken", closed: "leafAlone" };

export class LeafCard {
  constructor({ value, name }) {
    this.value = value;
    this.name = name;
    this.element = make("article", { class: "card leaf" });
    this.check([]);
  }

  // `checked` are the certificates here that hold by themselves.
  check(checked) {
    Object.assign(this, verifyLeaf(this.value, checked));
  }

  draw(words) {
    const { say } = words;
    const state = this.state === "closed" ? "checking" : this.state;
    this.element.className = `card leaf ${state}`;
    this.element.replaceChildren(make("header", { class: "verdict", role: "status" },
      make("i", { class: "stamp", "aria-hidden": "true", text: { holds: "✓", broken: "✗", checking: "…" }[state] }),
      make("div", {}, make("h2", { text: say(TITLES[this.state]) }), make("p", { text: this.tell(words) })), make("p", { class: "which", text: this.name })));
    return this.element;
  }

  tell({ say, refuse, reason }) {
    if (this.state === "closed") return say("tellLeafAlone", String(this.value.draw_id));
    if (this.flaw) return refuse(this.flaw.code, this.flaw.facts);
    const { row, chance, estimate } = this.found;
    if (row.cell === null) return say("tellExcluded", row.expert, reason(row.verdict));
    return estimate ? say("tellEstimated", row.expert, text(estimate)) : say("tellEligible", row.expert, text(chance));
  }
}

// A batch of draws made together, as the page shows it.

import { make } from "../dom.js";
import { verifyBatch } from "./batch.js";
import { row } from "./row.js";

export class BatchCard {
  constructor({ value, name }) {
    this.value = value;
    this.name = name;
    this.element = make("article", { class: "card batch" });
    this.check([]);
  }

  // `checked` are the certificates here that hold by themselves.
  check(checked) {
    Object.assign(this, verifyBatch(this.value, checked));
  }

  draw({ say, refuse, step, held, list }) {
    const failed = this.steps.findIndex((one) => one.flaw);
    const state = failed >= 0 ? "broken" : this.steps.some((one) => one.state === "closed") ? "public" : "holds";
    const tell = failed >= 0 ? say("tellBroken", failed + 1, refuse(this.steps[failed].flaw.code, this.steps[failed].flaw.facts))
      : say(state === "holds" ? "tellBatch" : "tellBatchPart", ...this.steps[0].facts);
    const rows = this.steps.map(({ name, state: own, flaw, facts }, n) => row(own, String(n + 1), step(name),
      flaw ? refuse(flaw.code, flaw.facts) : own === "holds" ? held(name, facts) : say(own === "closed" ? `closed.${name}` : own, ...facts)));
    this.element.className = `card batch ${state}`;
    this.element.replaceChildren(
      make("header", { class: "verdict", role: "status" }, make("i", { class: "stamp", "aria-hidden": "true", text: state === "broken" ? "✗" : "✓" }),
        make("div", {}, make("h2", { text: say(state === "broken" ? "batchBroken" : "batchHolds") }), make("p", { text: tell })),
        make("p", { class: "which", text: this.read ? this.read.commitment.batch_id : this.name })),
      make("div", { class: "halves" }, make("ol", { class: "steps" }, ...rows),
        make("dl", { class: "about" }, this.read ? make("div", {}, make("dt", { text: say("batchOrder") }), make("dd", { text: list(this.read.order) })) : "",
          make("div", {}, make("dt", { text: say("files") }), make("dd", { text: this.name })))));
    return this.element;
  }
}

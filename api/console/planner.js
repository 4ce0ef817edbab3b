// Ordering, watching, showing, publishing and withdrawing plans: what the buttons of plans.js do, over the public API.

import { make } from "./dom.js";
import { drawDraft, drawOffers, drawPlans } from "./plans.js";

const READERS = ["operator", "supervisor"];
const GATHER = 250;

export class Planner {
  // `ask(method, path, body, headers)` answers { status, body }.
  constructor(page, ask, reload) {
    this.page = page;
    this.ask = ask;
    this.reload = reload;
    this.list = make("div", { class: "planning" });
    this.flaw = make("p", { class: "error", role: "alert", hidden: "" });
    page.onPlans = () => this.open();
  }

  signedIn(role) {
    this.mayChange = role === "operator";
    this.page.parts.plans.hidden = !READERS.includes(role);
    this.page.onPlace = this.mayChange ? (project) => this.openOffers(project) : null;
    this.drawDraft(this.draft);
  }

  get isOpen() {
    return this.page.dialog.isOpen && this.list.isConnected;
  }

  async open() {
    this.orders = [];
    this.say("");
    this.draw();
    this.page.dialog.open(this.page.words.say("plans"), make("div", {}, this.flaw, this.list));
    await this.refresh();
  }

  get day() {
    return this.page.view.date;
  }

  async refresh() {
    const { status, body } = await this.ask("GET", `/plans?date=${encodeURIComponent(this.day)}`);
    if (status !== 200) return;
    this.orders = body;
    this.draw();
  }

  // Progress comes in bursts: the orders are read anew after each, and no solver is asked more often than that.
  happened(event) {
    if (!event.kind.startsWith("plan.") || !this.isOpen || this.waiting) return;
    this.waiting = setTimeout(async () => {
      this.waiting = null;
      await this.refresh();
    }, GATHER);
  }

  draw() {
    const zone = this.page.view.timezone;
    const focus = this.list.contains(document.activeElement) ? document.activeElement : null;
    const at = focus && [...this.list.querySelectorAll("button, input")].indexOf(focus);
    const typed = this.list.querySelector("input") && this.list.querySelector("input").value;
    drawPlans(this.list, this.orders, this.day, this.page.words, zone, this.actions);
    if (typed) this.list.querySelector("input").value = typed;
    if (focus) (this.list.querySelectorAll("button, input")[at] || this.page.dialog.element.querySelector(".close")).focus();
  }

  get actions() {
    return {
      mayChange: this.mayChange,
      order: (day, seconds) => this.change("POST", "/plans", { date: day, seconds }, { "Idempotency-Key": crypto.randomUUID() }),
      show: (plan) => this.show(plan.plan_id),
      publish: async (plan) => {
        if (await this.change("POST", `/plans/${plan.plan_id}/publish`, undefined, { "If-Match": `"${plan.version}"` })) this.show("");
      },
      withdraw: async (plan) => {
        const done = await this.change("DELETE", `/plans/${plan.plan_id}`, undefined, { "If-Match": `"${plan.version}"` });
        if (done && this.page.state.plan === plan.plan_id) this.show("");
      },
      back: () => this.show(""),
    };
  }

  // Places that a project may have without anyone else moving, and the best there is, for which others may.
  async openOffers(project) {
    const { page } = this;
    const list = make("div", { class: "offers" });
    this.say("");
    list.append(make("p", { class: "note", text: page.words.say("offersSought") }));
    page.dialog.open(page.words.say("offersOf", project.serial), make("div", {}, this.flaw, list));
    const { status, body } = await this.ask("GET", `/projects/${encodeURIComponent(project.project_id)}/offers`);
    if (status !== 200) this.say((body && body.detail) || page.words.say("planFailed", status));
    const nameOf = new Map(page.view.venues.map((venue) => [venue.venue_id, venue.name]));
    drawOffers(list, status === 200 ? body : [], page.words, page.view.timezone, nameOf, async (given) => {
      const path = `/projects/${encodeURIComponent(project.project_id)}/placement`;
      const answer = await this.ask("POST", path, given, { "If-Match": `"${project.version}"` });
      if (answer.status === 200) {
        page.dialog.shut();
        this.reload();
      } else this.say((answer.body && answer.body.detail) || page.words.say("planFailed", answer.status));
    });
  }

  // The board shows the plan, or with "" what holds.
  show(planId) {
    if (this.isOpen) this.page.dialog.shut();
    this.page.go({ plan: planId, day: "" });
    this.reload();
  }

  drawDraft(draft) {
    this.draft = draft;
    drawDraft(this.page.parts.draft, draft, this.page.words, this.actions);
  }

  // A refusal is said in the service's own words; the orders are read anew either way.
  async change(method, path, body, headers) {
    const answer = await this.ask(method, path, body, headers);
    const done = answer.status >= 200 && answer.status < 300;
    if (!done && !this.isOpen) await this.open();
    this.say(done ? "" : (answer.body && answer.body.detail) || this.page.words.say("planFailed", answer.status));
    await this.refresh();
    return done;
  }

  say(text) {
    this.flaw.textContent = text;
    this.flaw.hidden = !text;
  }
}

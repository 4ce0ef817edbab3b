// One certificate as the page shows it: the verdict, its steps, its facts, its chances, its panel.

import { clockOf, make } from "../dom.js";
import { chanceTables } from "./chances.js";
import { text } from "./fractions.js";
import { forgeriesOf } from "./forgeries.js";
import { row } from "./row.js";
import { sha256, toHex } from "./sha256.js";
import { STEP_NAMES } from "./words.js";

const ROWS = 60;
const SHORT = 16;

const ZONE = "Asia/Shanghai";

export class Card {
  constructor(given, onForge) {
    this.given = given;
    this.onForge = onForge;
    this.element = make("article", { class: "card" });
    this.link = null;
    this.forged = null;
    this.begin();
  }

  begin() {
    this.steps = [];
    this.result = null;
    this.under = null;
  }

  end(result) {
    this.result = result;
  }

  progress(name, share, words) {
    this.under = name;
    this.share = share;
    this.draw(words, this.key);
  }

  draw(words, key) {
    this.key = key;
    const opened = this.element.querySelector("details.forging[open]") !== null;
    this.element.className = `card ${this.verdict().state}${this.forged ? " forged" : ""}`;
    this.element.replaceChildren(this.banner(words), make("div", { class: "halves" },
      make("div", {}, this.list(words), this.forging(words, opened)), make("div", { class: "facts" }, ...this.facts(words))));
    return this.element;
  }

  // The state of the whole, and the sentence that says why.
  verdict() {
    if (!this.result) return { state: "checking", title: "checking", tell: null };
    const failed = this.steps.findIndex((one) => one.state === "broken" || one.state === "unknown");
    if (failed >= 0) {
      const { flaw, state } = this.steps[failed];
      return { state, title: state === "broken" ? "verdictBroken" : "verdictUnknown", tell: ["tellBroken", failed + 1, flaw] };
    }
    if (this.keyState() === false) return { state: "broken", title: "verdictBroken", tell: ["tellKey"] };
    if (this.link && this.link.state === "broken" && !this.forged) return { state: "broken", title: "verdictBroken", tell: ["tellLink", this.link] };
    const closed = this.steps.filter((one) => one.state === "closed").length;
    if (closed) return { state: "public", title: "verdictPublic", tell: ["tellPublic", this.steps.length - closed, closed] };
    if (this.steps.some((one) => one.state === "left")) return { state: "holds", title: "verdictWhole", tell: ["tellLeft", this.steps.length - 1] };
    const { assurance, method } = this.result.facts.commitment;
    if (assurance === "rehearsal") return { state: "holds", title: "verdictRehearsal", tell: ["tellRehearsal", this.steps.length] };
    return { state: "holds", title: "verdictWhole", tell: [method === "sequential" ? "tellLists" : "tellWhole", this.steps.length] };
  }

  // Whether the certificate's key is the one the reader gave; null if none was given.
  keyState() {
    if (!this.key || !this.result || !this.result.facts) return null;
    return this.key.toLowerCase().replace(/^ed25519:/, "") === toHex(this.result.facts.key);
  }

  banner({ say, refuse }) {
    const { state, title, tell } = this.verdict();
    const values = (tell || []).slice(1).map((one) => (one && one.code ? refuse(one.code, one.facts) : one));
    const { commitment } = this.given.public;
    const known = commitment && typeof commitment.project_id === "string" ? `${commitment.project_id} · ${say("drawNumber", commitment.draw_id, commitment.number)}` : this.given.names.join(", ");
    return make("header", { class: "verdict", role: "status" },
      make("i", { class: "stamp", "aria-hidden": "true", text: { holds: "✓", public: "✓", broken: "✗", unknown: "?", checking: "…" }[state] }),
      make("div", {}, make("h2", { text: say(title) }), tell ? make("p", { text: say(tell[0], ...values) }) : null),
      make("p", { class: "which", text: this.forged ? `${known} · ${say("forgedNow", say(`forge.${this.forged}`))}` : known }));
  }

  list(words) {
    const { say, step, refuse } = words;
    const line = (name, n) => {
      const done = this.steps[n];
      const running = !done && !this.result && this.steps.length === n;
      const state = done ? done.state : running ? "running" : "coming";
      const said = !done ? (running ? this.underWay(name, words) : words.about(name))
        : done.flaw ? refuse(done.flaw.code, done.flaw.facts) : done.state === "holds" ? words.held(name, this.found(name, words), this.isPlain(name)) : say(done.state);
      return row(state, String(n + 1), step(name), said);
    };
    const rows = STEP_NAMES.map(line);
    if (this.link && !this.forged) rows.push(row(this.link.state, "↥", say("link"), refuse(this.link.code, this.link.facts)));
    return make("ol", { class: "steps" }, ...rows);
  }

  underWay(name, { say }) {
    return this.under === name && this.share > 0 ? say("checkingShare", Math.round(this.share * 100)) : say("checking");
  }

  // What goes into the sentence of a step that holds.
  found(name, { list }) {
    const { commitment, key, commitment_digest: digest, sealed_digest: sealed } = this.read();
    const short = (bytes) => toHex(bytes).slice(0, SHORT);
    const own = this.opened();
    const levels = commitment.lottery.levels;
    return {
      form: () => [], beacon: () => [], commitment: () => [short(digest)], signature: () => [short(key)],
      lottery: () => [commitment.pool.eligible, commitment.seats, commitment.caps.employer],
      optimal: () => [levels.length, levels.length ? text(levels[0].chance) : "0"],
      sealed: () => [short(sealed)], pool: () => [commitment.pool.size, short(commitment.pool.root)],
      reserved: () => [own.pool.filter((one) => one.verdict === "reserved").length],
      conflicts: () => [commitment.conflicts.pairs, commitment.conflicts.loose],
      seed: () => [list(own.reveals.map((one) => one.party))], panel: () => [own.attempts, own.panel.length],
    }[name]();
  }

  // Whether the step had nothing to look at: no conflicts, no panel passed over.
  isPlain(name) {
    if (name === "reserved") return this.opened().reserved === null;
    if (name === "conflicts") return this.read().commitment.conflicts.pairs === 0n;
    return name === "panel" && this.opened().attempts === 1;
  }

  // The parts as read by the first and the sixth step: steps are drawn before the whole is known.
  read() {
    return this.steps.find((one) => one.read).read;
  }

  opened() {
    const step = this.steps.find((one) => one.name === "sealed");
    return step && step.read;
  }

  facts(words) {
    const { say } = words;
    const read = this.result && this.result.facts;
    if (!read) return [];
    const { commitment } = read;
    const { pool } = commitment;
    const entry = (key, ...values) => make("div", {}, make("dt", { text: say(key) }), make("dd", {}, ...values));
    const code = (value) => make("code", { text: value });
    const when = (time) => make("time", { datetime: time, title: time, text: say("beijing", clockOf(time, ZONE).day, clockOf(time, ZONE).time) });
    const given = this.keyState();
    const facts = [
      entry("project", commitment.project_id),
      entry("draw", say("drawNumber", commitment.draw_id, commitment.number)),
      entry("people", say("peopleFacts", pool.size, pool.eligible, read.drawn), commitment.fixed_members > 0n ? ` · ${say("kept", commitment.fixed_members)}` : ""),
      commitment.reason ? entry("reason", commitment.reason) : null,
      entry("caps", ...this.caps(commitment.caps, say)),
      entry("method", make("span", { class: commitment.method === "equal" ? "" : "warn", text: say(`method.${commitment.method}`) })),
      commitment.joint ? entry("joint", say("jointFacts", commitment.joint.batch, commitment.joint.place, commitment.joint.draws)) : null,
      commitment.beacon ? entry("beaconRound", say("randomness", commitment.beacon.round, toHex(sha256(read.beacon_signature)).slice(0, SHORT)), make("small", { text: say("left") })) : null,
      entry("assurance", make("span", { class: commitment.assurance === "rehearsal" ? "warn" : "", text: say(`assurance.${commitment.assurance}`) })),
      read.withheld.length ? entry("withheld", words.list(read.withheld)) : null,
      entry("committed", when(commitment.committed_at)), entry("completed", when(read.completed_at)),
      entry("key", code(`ed25519:${toHex(read.key)}`), given === null ? make("small", { text: say("keyNone") })
        : make("small", { class: given ? "same" : "other", text: `${given ? "✓" : "✗"} ${say(given ? "keySame" : "keyOther")}` })),
      this.given.digest && !this.forged ? entry("digest", code(this.given.digest)) : null,
      entry("files", this.given.names.join(", ")),
    ].filter(Boolean);
    const sections = [make("dl", { class: "about" }, ...facts)];
    if (this.holds("lottery")) sections.push(...chanceTables(commitment, words));
    if (this.holds("panel")) sections.push(this.panel(this.result.sealed, words));
    return sections;
  }

  caps(caps, say) {
    const all = [["capsOf.group", caps.group], ["capsOf", caps.employer], ["capsOf.department", caps.department]];
    return [all.filter(([, cap]) => cap !== null).map(([key, cap]) => say(key, cap)).join(" · ")];
  }

  holds(name) {
    return this.steps.some((one) => one.name === name && one.state === "holds");
  }

  panel(sealed, { say }) {
    const line = (note) => (one) => make("tr", {}, make("td", { text: one.slot_id }), make("th", { scope: "row", text: one.expert_id }), make("td", { text: text(one.chance) }), make("td", { text: note }));
    const lines = [...sealed.panel.map(line("")), ...sealed.fixed.map(line(say("stays")))];
    return make("section", {}, make("h3", { text: say("panel") }), make("table", { class: "panel" },
      make("thead", {}, make("tr", {}, ...["seat", "expert", "chance", ""].map((key) => make("th", { text: key && say(key) })))),
      make("tbody", {}, ...lines.slice(0, ROWS))), lines.length > ROWS ? make("p", { class: "note", text: say("moreRows", lines.length - ROWS) }) : null);
  }

  // Only a certificate that holds is worth forging.
  forging({ say }, opened) {
    const sound = this.result && this.result.accepted;
    if (!sound && !this.forged) return null;
    const button = (name) => make("button", { type: "button", "data-forge": name, "aria-pressed": String(this.forged === name), text: say(`forge.${name}`), onclick: () => this.onForge(name) });
    const undo = make("button", { type: "button", class: "undo", text: say("restore"), onclick: () => this.onForge(null) });
    return make("details", { class: "forging", open: opened || this.forged ? "" : null }, make("summary", { text: say("forge") }), make("p", { class: "note", text: say("forgeNote") }),
      make("div", { class: "choices" }, ...forgeriesOf(this.given).map(button), this.forged ? undo : null));
  }
}

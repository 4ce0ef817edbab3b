// One certificate as the page shows it: the verdict, its steps, its facts, its chances, its panel.

import { clockOf, make } from "../dom.js";
import { text } from "./fractions.js";
import { forgeriesOf } from "./forgeries.js";
import { toHex } from "./sha256.js";
import { STEP_NAMES } from "./words.js";

const ROWS = 60;
const MARKS = { holds: "✓", broken: "✗", unknown: "?", closed: "🔒", waits: "–" };
const SHORT = 16;

const ZONE = "Asia/Shanghai";

const percent = ({ p, q }) => `${Number((p * 200_000n + q) / (2n * q)) / 1000} %`;

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
    const rehearsed = this.result.facts.commitment.assurance === "rehearsal";
    return { state: "holds", title: rehearsed ? "verdictRehearsal" : "verdictWhole", tell: [rehearsed ? "tellRehearsal" : "tellWhole", this.steps.length] };
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
    const row = (name, n) => {
      const done = this.steps[n];
      const running = !done && !this.result && this.steps.length === n;
      const state = done ? done.state : running ? "running" : "coming";
      const said = !done ? (running ? this.underWay(name, words) : words.about(name))
        : done.flaw ? refuse(done.flaw.code, done.flaw.facts) : done.state === "holds" ? words.held(name, ...this.found(name)) : say(done.state);
      return this.row(state, String(n + 1), step(name), said);
    };
    const rows = STEP_NAMES.map(row);
    if (this.link && !this.forged) rows.push(this.row(this.link.state, "↥", say("link"), refuse(this.link.code, this.link.facts)));
    return make("ol", { class: "steps" }, ...rows);
  }

  row(state, nth, name, said) {
    return make("li", { class: state }, make("b", { class: "mark", "aria-label": state, text: MARKS[state] || nth }),
      make("div", {}, make("strong", { text: name }), make("p", { text: said })));
  }

  underWay(name, { say }) {
    return this.under === name && this.share > 0 ? say("checkingShare", Math.round(this.share * 100)) : say("checking");
  }

  // What goes into the sentence of a step that holds.
  found(name) {
    const { commitment, key, commitment_digest: digest, sealed_digest: sealed } = this.read();
    const short = (bytes) => toHex(bytes).slice(0, SHORT);
    const own = this.opened();
    const levels = commitment.lottery.levels;
    return {
      form: () => [], commitment: () => [short(digest)], signature: () => [short(key)],
      lottery: () => [commitment.pool.eligible, this.read().drawn, commitment.employer_cap],
      optimal: () => [levels.length, levels.length ? text(levels[0].chance) : "0"],
      sealed: () => [short(sealed)], pool: () => [commitment.pool.size, short(commitment.pool.root)],
      seed: () => [own.reveals.map((one) => one.party).join("、")], panel: () => [own.attempts, own.panel.length],
    }[name]();
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
      entry("assurance", make("span", { class: commitment.assurance === "rehearsal" ? "warn" : "", text: say(`assurance.${commitment.assurance}`) })),
      read.withheld.length ? entry("withheld", read.withheld.join("、")) : null,
      entry("committed", when(commitment.committed_at)), entry("completed", when(read.completed_at)),
      entry("key", code(`ed25519:${toHex(read.key)}`), given === null ? make("small", { text: say("keyNone") })
        : make("small", { class: given ? "same" : "other", text: `${given ? "✓" : "✗"} ${say(given ? "keySame" : "keyOther")}` })),
      this.given.digest && !this.forged ? entry("digest", code(this.given.digest)) : null,
      entry("files", this.given.names.join(", ")),
    ].filter(Boolean);
    const sections = [make("dl", { class: "about" }, ...facts)];
    if (this.holds("lottery")) sections.push(this.chances(commitment, words));
    if (this.holds("panel")) sections.push(this.panel(this.result.sealed, words));
    return sections;
  }

  holds(name) {
    return this.steps.some((one) => one.name === name && one.state === "holds");
  }

  // How many have which chance: a chart that is a table.
  chances({ lottery, conflicts }, { say }) {
    const rows = new Map();
    for (const level of lottery.levels) {
      const experts = level.cells.reduce((all, cell) => all + lottery.cells[cell].members, 0n);
      const known = rows.get(text(level.chance)) || { chance: level.chance, experts: 0n };
      rows.set(text(level.chance), { ...known, experts: known.experts + experts });
    }
    const line = ({ chance, experts }) => {
      const bar = make("i", {});
      // Set from script, not as an attribute: the page's policy allows no inline style.
      bar.style.width = `${Math.max(1, Number((chance.p * 1000n) / chance.q) / 10)}%`;
      return make("tr", {}, make("th", { scope: "row", text: text(chance).length <= 14 ? `${text(chance)}` : percent(chance) }), make("td", { text: percent(chance) }),
        make("td", { class: "wide" }, make("span", { class: "meter" }, bar)), make("td", { class: "number", text: String(experts) }));
    };
    const all = [...rows.values()];
    const table = make("table", { class: "chances" }, make("thead", {}, make("tr", {}, ...["chance", "share", "", "experts"].map((key) => make("th", { text: key && say(key) })))),
      make("tbody", {}, ...all.slice(0, ROWS).map(line)));
    const more = all.length > ROWS ? make("p", { class: "note", text: say("moreRows", all.length - ROWS) }) : null;
    const shift = conflicts.pairs > 0n ? make("p", { class: "note", text: say("shift", conflicts.pairs, text(conflicts.most_shift)) }) : null;
    return make("section", {}, make("h3", { text: say("chances") }), table, more, shift);
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

// The verifier's page: takes files, has each certificate checked, and shows it. Nothing is sent anywhere.

import { make } from "../dom.js";
import { BatchCard } from "./batchcard.js";
import { Card } from "./card.js";
import { linksOf } from "./chain.js";
import { verify } from "./certificate.js";
import { EXAMPLE } from "./example.js";
import { pairs, partsOf } from "./files.js";
import { Flaw } from "./flaw.js";
import { forge } from "./forgeries.js";
import { LeafCard } from "./leafcard.js";
import { STEP_NAMES, speaker } from "./words.js";

const MEGABYTES = 200;
const SEALED_FROM = STEP_NAMES.indexOf("sealed");
const PATIENCE = 40;

class Page {
  constructor(root) {
    this.root = root;
    const asked = new URLSearchParams(location.search);
    this.state = { language: asked.get("language") || "zh", large: asked.get("large") || "" };
    this.key = "";
    this.parts = [];
    this.troubles = [];
    this.cards = [];
    this.others = [];
    this.round = 0;
    this.build();
    // A file that misses the drop zone would otherwise replace the page.
    for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
    document.addEventListener("dragenter", () => this.root.classList.add("dragging"));
    document.addEventListener("dragleave", (event) => event.relatedTarget || this.root.classList.remove("dragging"));
    document.addEventListener("drop", (event) => {
      this.root.classList.remove("dragging");
      this.takeFiles([...event.dataTransfer.files]);
    });
    document.addEventListener("keydown", (event) => {
      if (event.altKey && event.key.toLowerCase() === "l") {
        event.preventDefault();
        this.go({ large: this.state.large ? "" : "1" });
      }
    });
  }

  get words() {
    return speaker(this.state.language);
  }

  go(change) {
    Object.assign(this.state, change);
    const query = new URLSearchParams(Object.entries(this.state).filter(([, value]) => value));
    try {
      history.replaceState(null, "", `?${query}`);
    } catch (_) { /* some browsers refuse this for files */ }
    this.build();
  }

  build() {
    const { say } = this.words;
    document.documentElement.lang = this.state.language === "en" ? "en" : "zh-CN";
    document.documentElement.classList.toggle("large", this.state.large === "1");
    document.title = `${say("title")} · ${say("brand")}`;
    this.results = make("div", { class: "results" });
    this.troubled = make("div", { class: "troubles", role: "alert" });
    this.root.replaceChildren(this.header(), make("main", {}, this.intro(), this.troubled, this.results), make("footer", { class: "foot" }, make("p", { text: say("footer") })));
    this.draw();
  }

  header() {
    const { say } = this.words;
    const button = (id, text, action) => make("button", { type: "button", id, text, onclick: action });
    const large = button("large", say("large"), () => this.go({ large: this.state.large ? "" : "1" }));
    large.setAttribute("aria-pressed", String(Boolean(this.state.large)));
    const save = make("a", { class: "button", id: "save", href: "/verify/page", download: "yidi-verify.html", text: say("save") });
    const board = make("a", { class: "button", id: "board", href: "/", text: say("console") });
    return make("header", { class: "top" },
      make("div", { class: "brand" }, make("h1", { text: say("title") }), make("p", { text: say("brand") })),
      make("div", { class: "tools" }, location.protocol === "file:" ? null : board, location.protocol === "file:" ? null : save, button("print", say("print"), () => window.print()), large,
        button("language", say("language"), () => this.go({ language: this.state.language === "en" ? "zh" : "en" }))));
  }

  intro() {
    const { say } = this.words;
    const input = make("input", { type: "file", id: "files", multiple: "", accept: ".json,application/json", class: "unseen", tabindex: "-1", "aria-label": say("choose"),
      onchange: () => this.takeFiles([...input.files]) });
    const drop = make("div", { class: "drop" },
      make("i", { class: "seal", "aria-hidden": "true" }),
      make("p", { class: "call", text: say("drop") }), make("p", { class: "note", text: say("dropHint") }),
      make("div", { class: "choices" },
        make("button", { type: "button", id: "choose", class: "first", text: say("choose"), onclick: () => input.click() }),
        make("button", { type: "button", id: "example", text: say("example"), title: say("exampleNote"), onclick: () => this.takeExample() }),
        make("button", { type: "button", id: "clear", text: say("clear"), onclick: () => this.clear() })), input);
    const key = make("input", { id: "key", type: "text", value: this.key, spellcheck: "false", autocomplete: "off", placeholder: "ed25519:…",
      oninput: () => {
        this.key = key.value.trim();
        this.draw();
      } });
    return make("section", { class: "intro" },
      make("div", { class: "welcome" }, make("p", { class: "lead", text: say("lead") }), drop,
        make("p", { class: "private", text: say("private") }),
        make("label", { class: "known-key" }, make("span", { text: say("keyAsk") }), key)),
      this.outline());
  }

  // What will be checked, before anything is here to check.
  outline() {
    const { say, step, about } = this.words;
    const item = (name, n) => make("li", {}, make("b", { class: "nth", text: String(n + 1) }), make("div", {}, make("strong", { text: step(name) }), make("p", { text: about(name) })));
    const items = STEP_NAMES.map(item);
    return make("aside", { class: "outline" }, make("h2", { text: say("steps") }),
      make("h3", { text: say("publicSteps") }), make("ol", {}, ...items.slice(0, SEALED_FROM)),
      make("h3", { text: say("sealedSteps") }), make("ol", {}, ...items.slice(SEALED_FROM)));
  }

  draw() {
    const { say, refuse } = this.words;
    this.root.classList.toggle("busy", this.cards.length + this.others.length > 0);
    this.troubled.replaceChildren(...this.troubles.map(({ key, name, flaw, size }) => make("p", {
      class: "trouble", text: flaw ? say("fileFailed", name, refuse(flaw.code, flaw.facts)) : say(key, name, size),
    })));
    this.results.replaceChildren(...[...this.others, ...this.cards].map((card) => card.draw(this.words, this.key)));
  }

  clear() {
    this.round += 1;
    this.parts = [];
    this.troubles = [];
    this.cards = [];
    this.others = [];
    this.draw();
  }

  takeExample() {
    this.parts.push({ kind: "public", value: EXAMPLE.public, name: "docs/certificate.md" }, { kind: "sealed", value: EXAMPLE.sealed, name: "docs/certificate.md" });
    return this.check();
  }

  async takeFiles(files) {
    this.troubles = [];
    for (const file of files) {
      if (file.size > MEGABYTES * 2 ** 20) {
        this.troubles.push({ key: "tooLarge", name: file.name, size: MEGABYTES });
        continue;
      }
      try {
        this.parts.push(...partsOf(await file.text(), file.name));
      } catch (flaw) {
        this.troubles.push({ name: file.name, flaw: flaw instanceof Flaw ? flaw : new Flaw("unreadable", String(flaw && flaw.message)) });
      }
    }
    await this.check();
  }

  // Check all that is here, one after the other, drawing each step as it ends; a newer call ends this one.
  async check() {
    this.round += 1;
    const { round } = this;
    const { certificates, left, batches, leaves } = pairs(this.parts);
    this.troubles = this.troubles.filter((one) => one.key !== "sealedAlone").concat(left.map((name) => ({ key: "sealedAlone", name })));
    const known = new Map(this.cards.map((card) => [card.given.digest, card]));
    this.cards = certificates.map((given) => {
      const card = known.get(given.digest);
      return card && given.digest !== null && card.result && !card.forged && Boolean(card.given.sealed) === Boolean(given.sealed)
        ? card : this.cardOf(given);
    });
    this.others = [...leaves.map((given) => new LeafCard(given)), ...batches.map((given) => new BatchCard(given))];
    this.draw();
    for (const card of this.cards) {
      if (!card.result) await this.run(card, card.given);
      if (round !== this.round) return;
    }
    this.order();
  }

  cardOf(given) {
    const card = new Card(given, (name) => this.forge(card, name));
    return card;
  }

  async run(card, given) {
    card.begin();
    const { round } = this;
    let painted = performance.now();
    const rest = async (share, name) => {
      if (performance.now() - painted < PATIENCE) return;
      card.progress(name, share, this.words);
      await new Promise((go) => { setTimeout(go); });
      painted = performance.now();
    };
    const onStep = (step) => {
      card.steps.push(step);
      if (round === this.round) card.draw(this.words, this.key);
    };
    card.end(await verify(given, { onStep, rest }));
  }

  // Draws of one project stand together in their order, each with its link to the one before.
  order() {
    const place = ({ result }) => (result.facts ? [result.facts.commitment.project_id, Number(result.facts.commitment.number)] : ["", 0]);
    this.cards.sort((a, b) => (place(a)[0] === place(b)[0] ? place(a)[1] - place(b)[1] : place(a)[0] < place(b)[0] ? -1 : 1));
    const links = linksOf(this.cards.map(({ given, result }) => ({ digest: given.digest, facts: result.facts, sealed: result.sealed })));
    this.cards.forEach((card, n) => { card.link = links[n]; });
    const sound = this.cards.map((card) => card.result).filter((result) => result.accepted);
    for (const other of this.others) other.check(sound);
    this.draw();
  }

  async forge(card, name) {
    const altered = name ? forge(name, card.given) : card.given;
    if (!altered) return;
    card.forged = name;
    await this.run(card, altered);
    this.draw();
    if (!name) this.order();
  }
}

new Page(document.getElementById("verifier"));

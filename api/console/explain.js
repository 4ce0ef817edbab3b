// Why a project is where it is, or nowhere, and what would help: asked of the public API, said in the page's language.

import { make } from "./dom.js";

const READERS = ["operator", "supervisor"];

export class Explainer {
  // `ask(method, path)` answers { status, body }.
  constructor(page, ask) {
    this.page = page;
    this.ask = ask;
  }

  signedIn(role) {
    this.page.onExplain = READERS.includes(role) ? (root, project) => this.explain(root, project, false) : null;
  }

  // Fills `root` with facts and helps; the rules in the way are looked for when they are asked for.
  async explain(root, project, clash) {
    const { words, state } = this.page;
    root.replaceChildren(make("p", { class: "note", role: "status", text: words.say("whySought") }));
    const query = new URLSearchParams();
    if (state.plan) query.set("plan", state.plan);
    if (clash) query.set("clash", "true");
    const { status, body } = await this.ask("GET", `/projects/${encodeURIComponent(project)}/explanation?${query}`);
    if (status !== 200) {
      root.replaceChildren(make("p", { class: "note", role: "alert", text: (body && body.detail) || words.say("planFailed", status) }));
      return;
    }
    drawExplanation(root, body, clash, words, () => this.explain(root, project, true));
  }
}

export function drawExplanation(root, found, clash, words, onClash) {
  const { say, language } = words;
  const list = (title, sentences) => make("section", {}, make("h3", { text: say(title) }),
    make("ul", {}, ...sentences.map((said) => make("li", { "data-code": said.code, text: said[language] }))));
  const rules = () => {
    if (!clash) return make("button", { type: "button", text: say("whyRules"), onclick: onClash });
    if (!found.clash) return make("p", { class: "note", text: say("whyNoRules") });
    const section = list("whyRulesTitle", found.clash.rules.map((rule) => rule.said));
    section.querySelector("h3").after(make("p", { class: found.clash.proven ? "proven" : null, text: found.clash.said[language] }));
    return section;
  };
  const none = make("p", { class: "note", text: say("whyNoHelp") });
  root.replaceChildren(list("whyFacts", found.facts), found.helps.length ? list("whyHelps", found.helps.map((help) => help.said)) : none, rules());
  const focus = root.querySelector("button") || root.closest(".sheet").querySelector(".close");
  if (focus) focus.focus();
}

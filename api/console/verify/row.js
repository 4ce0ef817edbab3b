// One step as a list shows it: its mark, its name, and a sentence.

import { make } from "../dom.js";

const MARKS = { holds: "✓", broken: "✗", unknown: "?", closed: "", left: "↗", waits: "–" };

export function row(state, nth, name, said) {
  return make("li", { class: state }, make("b", { class: "mark", "aria-label": state, text: state in MARKS ? MARKS[state] : nth }),
    make("div", {}, make("strong", { text: name }), make("p", { text: said })));
}

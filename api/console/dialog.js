// A sheet over the page: holds the focus while it is open, gives it back when it is shut.

import { make } from "./dom.js";

export class Dialog {
  constructor(words) {
    this.words = words;
    this.element = make("div", { class: "dialog", role: "dialog", "aria-modal": "true", hidden: "", onkeydown: (event) => this.hold(event) });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // `mayShut` is false for what has to be answered, such as signing in.
  open(title, content, mayShut = true) {
    if (!this.isOpen) this.before = document.activeElement;
    this.mayShut = mayShut;
    const close = mayShut ? make("button", { type: "button", class: "close", text: this.words.say("close"), onclick: () => this.shut() }) : null;
    this.element.setAttribute("aria-label", title);
    this.element.replaceChildren(make("div", { class: "sheet" }, make("h2", { text: title }), content, close));
    this.element.hidden = false;
    (close || this.element.querySelector("input, button")).focus();
  }

  shut() {
    this.element.hidden = true;
    if (this.before && this.before.isConnected) this.before.focus();
  }

  hold(event) {
    if (event.key !== "Tab") return;
    const stops = [...this.element.querySelectorAll("button, input, a")];
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }
}

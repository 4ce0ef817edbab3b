// The console as served: an ordinary client of the public API.

import { make } from "./dom.js";
import { Explainer } from "./explain.js";
import { Live } from "./live.js";
import { Page, stateOfAddress } from "./page.js";
import { Planner } from "./planner.js";

const TOKEN = "yidi.token";
const RETRY = 5000;
const POLL = 15000;
const GATHER = 400;

class Console {
  constructor(root) {
    this.asked = 0;
    this.page = new Page(root, stateOfAddress(), true);
    this.planner = new Planner(this.page, (...request) => this.ask(...request), () => this.load());
    this.explainer = new Explainer(this.page, (...request) => this.ask(...request));
    this.page.onGo = (change, rebuilt) => {
      if ("opening" in change) this.load();
      if (!rebuilt) return;
      if (this.me) this.signedIn();
      else this.askForToken(false);
    };
    this.start(sessionStorage.getItem(TOKEN));
  }

  async start(token) {
    this.token = token;
    if (!token) {
      this.askForToken(false);
      return;
    }
    const answer = await this.get("/me");
    if (answer.status === 0 || answer.status >= 500) {
      this.page.connected("waiting", this.heard);
      setTimeout(() => this.start(token), RETRY);
      return;
    }
    if (!answer.body) {
      sessionStorage.removeItem(TOKEN);
      this.askForToken(true);
      return;
    }
    this.me = answer.body;
    this.signedIn();
    await this.load();
    this.follow();
  }

  follow() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.live = new Live(`${scheme}//${location.host}/live`, this.token, this.me.topics, {
      onEvent: (_, event) => this.happened(event),
      onReset: () => this.soon(),
      onState: (name) => {
        this.connected(name);
        if (name === "refused") this.signOut(true);
      },
    });
    const { view } = this.page;
    if (view && view.epoch) this.live.from(view.epoch, view.positions);
    this.live.open();
    // Where a proxy breaks websockets the board is still read, only less often.
    this.poll = setInterval(() => {
      if (this.state !== "live" && !this.page.barred) this.load();
    }, POLL);
  }

  connected(name) {
    this.state = name;
    const offsets = [...this.live.cursors.values()].map((cursor) => cursor.after || 0);
    this.page.connected(name, Math.max(this.live.heard || 0, this.heard || 0) || null, Math.max(0, ...offsets));
  }

  async get(path) {
    const { status, body } = await this.ask("GET", path);
    return { status, body: status === 200 ? body : null };
  }

  // The answer's status and body, of a refusal too; status 0 when there was none.
  async ask(method, path, body, headers) {
    const content = body === undefined ? {} : { "Content-Type": "application/json" };
    const request = { method, headers: { Authorization: `Bearer ${this.token}`, ...content, ...headers } };
    if (body !== undefined) request.body = JSON.stringify(body);
    try {
      const answer = await fetch(path, request);
      return { status: answer.status, body: await answer.json().catch(() => null) };
    } catch (_) {
      return { status: 0, body: null };
    }
  }

  // Answers may overtake each other: only the one asked for last is shown.
  async load() {
    this.asked += 1;
    const { asked } = this;
    const { opening, plan } = this.page.state;
    const path = plan ? `/plans/${encodeURIComponent(plan)}/board` : `/board${opening ? `?date=${encodeURIComponent(opening)}` : ""}`;
    const { status, body } = await this.get(path);
    if (asked !== this.asked) return;
    if (status === 401) this.signOut(true);
    else if (plan && [403, 404].includes(status)) this.planner.show("");
    else if (status === 422 && opening) this.page.go({ opening: "" });
    else if (status === 403) this.page.show(null, true);
    else if (body) {
      this.heard = Date.now();
      this.page.show(plan ? body.board : body);
      this.planner.drawDraft(plan ? body : null);
    }
  }

  // The board is read anew after events, but not for each of a burst: always what the server says is true.
  soon() {
    if (this.waiting || this.page.barred) return;
    this.waiting = setTimeout(async () => {
      await this.load();
      this.waiting = null;
      if (this.again) {
        this.again = false;
        this.soon();
      }
    }, GATHER);
  }

  // An event may come by several topics; it is told once, with all that any of them shows.
  happened(event) {
    this.connected("live");
    if (event.kind === "clock.ticked") {
      if (this.page.view) this.page.view.now = event.facts.now;
      this.page.draw();
      return;
    }
    const told = this.page.feed.find((one) => one.id === event.id);
    this.planner.happened(event);
    if (told) Object.assign(told.facts, event.facts);
    else this.page.tell(event);
    if (this.waiting) this.again = true;
    this.soon();
  }

  signedIn() {
    const { say } = this.page.words;
    const out = make("button", { type: "button", id: "sign-out", text: say("signOut"), onclick: () => this.signOut(false) });
    this.explainer.signedIn(this.me.role);
    this.planner.signedIn(this.me.role);
    this.page.parts.account.replaceChildren(make("span", { text: say(`role.${this.me.role}`) }), out);
  }

  signOut(failed) {
    if (this.live) this.live.close();
    clearInterval(this.poll);
    clearTimeout(this.waiting);
    sessionStorage.removeItem(TOKEN);
    this.asked += 1;
    this.me = this.waiting = null;
    this.page.feed = [];
    this.page.connected("signedOut");
    this.page.show(null, false);
    this.page.build();
    this.askForToken(failed);
  }

  askForToken(failed) {
    const { say } = this.page.words;
    const field = make("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", required: "" });
    const enter = (event) => {
      event.preventDefault();
      const token = field.value.trim();
      sessionStorage.setItem(TOKEN, token);
      this.page.dialog.shut();
      this.start(token);
    };
    const note = make("p", { class: failed ? "error" : "note", role: failed ? "alert" : null, text: say(failed ? "badToken" : "signInHelp") });
    const form = make("form", { class: "sign-in", onsubmit: enter },
      make("label", { for: "token", text: say("token") }), field, note, make("button", { type: "submit", class: "first", text: say("signIn") }),
      make("a", { class: "aside-link", href: "/verify", text: say("verifier") }));
    this.page.dialog.open(say("brand"), form, false);
  }
}

new Console(document.getElementById("console"));

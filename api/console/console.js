// The console as served: an ordinary client of the public API.

import { make } from "./board.js";
import { Live } from "./live.js";
import { Page, stateOfAddress } from "./page.js";

const TOKEN = "yidi.token";

class Console {
  constructor(root) {
    this.root = root;
    this.page = new Page(root, stateOfAddress());
    this.page.onGo = (change) => {
      if ("opening" in change) this.load();
      this.signedIn();
    };
    this.start(sessionStorage.getItem(TOKEN));
  }

  async start(token) {
    this.token = token;
    const me = token ? await this.get("/me") : null;
    if (!me) {
      this.askForToken(Boolean(token));
      return;
    }
    this.me = me;
    this.signedIn();
    await this.load();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.live = new Live(`${scheme}//${location.host}/live`, token, me.topics, {
      onEvent: (_, event) => this.happened(event),
      onReset: () => this.soon(),
      onState: (name) => {
        this.page.connected(name, this.live.heard);
        if (name === "refused") this.signOut();
      },
    });
    if (this.page.view.epoch) this.live.from(this.page.view.epoch, this.page.view.positions);
    this.live.open();
  }

  async get(path) {
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${this.token}` } });
    return answer.ok ? answer.json() : null;
  }

  async load() {
    const opening = this.page.state.opening;
    const view = await this.get(`/board${opening ? `?date=${opening}` : ""}`);
    if (view) this.page.show(view);
  }

  // The board is read anew after events, at most twice a second: always what the server says is true.
  soon() {
    if (this.waiting) return;
    this.waiting = setTimeout(async () => {
      this.waiting = null;
      await this.load();
    }, 500);
  }

  happened(event) {
    if (this.seen === event.id) return;
    this.seen = event.id;
    if (event.kind === "clock.ticked") this.page.view.now = event.facts.now;
    else this.page.tell(event);
    this.soon();
  }

  signedIn() {
    if (!this.me) return;
    const out = make("button", { type: "button", id: "sign-out", text: this.page.words.say("signOut"), onclick: () => this.signOut() });
    this.page.parts.account.replaceChildren(make("span", { text: this.me.role }), out);
  }

  signOut() {
    if (this.live) this.live.close();
    sessionStorage.removeItem(TOKEN);
    this.me = null;
    this.page.parts.account.replaceChildren();
    this.askForToken(false);
  }

  askForToken(failed) {
    const { say } = this.page.words;
    const field = make("input", { id: "token", type: "password", autocomplete: "off", required: "" });
    const form = make("form", {
      class: "sign-in",
      onsubmit: (event) => {
        event.preventDefault();
        sessionStorage.setItem(TOKEN, field.value.trim());
        this.page.shut();
        this.start(field.value.trim());
      },
    },
    make("label", { for: "token", text: say("token") }), field, make("button", { type: "submit", text: say("signIn") }),
    make("p", { class: failed ? "error" : "note", role: failed ? "alert" : null, text: say(failed ? "badToken" : "signInHelp") }));
    this.page.open(say("brand"), form);
    this.page.parts.dialog.querySelector(".close").remove();
    field.focus();
  }
}

new Console(document.getElementById("console"));

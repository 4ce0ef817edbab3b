// The first page: what stands around the board, its keys, its look, and the address that keeps its state.

import { clockOf, daysOf, drawBoard, drawSupport, drawTable, drawUnscheduled, make, neighbour, sentenceOf } from "./board.js";
import { speaker } from "./words.js";

const FEED_LENGTH = 60;

export class Page {
  constructor(root, state) {
    this.root = root;
    this.state = { language: "zh", large: "", show: "board", day: null, query: "", ...state };
    this.view = null;
    this.feed = [];
    this.connection = { name: "offline" };
    this.heard = null;
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    setInterval(() => this.drawConnection(), 1000);
  }

  get words() {
    return speaker(this.state.language);
  }

  build() {
    const { say } = this.words;
    document.documentElement.lang = this.state.language === "zh" ? "zh-CN" : "en";
    document.documentElement.classList.toggle("large", this.state.large === "1");
    document.title = `${say("title")} · ${say("brand")}`;
    const button = (id, key, action) => make("button", { type: "button", id, onclick: action, text: say(key) });
    this.parts = {
      connection: make("p", { class: "connection", role: "status" }),
      counts: make("p", { class: "counts" }),
      board: make("div", { class: "board", role: "region", "aria-label": say("title"), tabindex: "-1" }),
      table: make("div", { class: "table" }),
      support: make("div"),
      feed: make("ol", { class: "feed", "aria-live": "polite" }),
      unscheduled: make("section", { class: "unscheduled" }),
      days: make("select", { id: "day", "aria-label": say("day"), onchange: () => this.go({ day: this.parts.days.value }) }),
      search: make("input", { id: "search", type: "search", placeholder: say("search"), "aria-label": say("search"), oninput: () => this.go({ query: this.parts.search.value }) }),
      dialog: make("div", { class: "dialog", role: "dialog", "aria-modal": "true", hidden: "" }),
      account: make("span", { class: "account" }),
    };
    this.parts.search.value = this.state.query;
    const header = make("header", { class: "top" },
      make("div", { class: "brand" }, make("h1", { text: say("title") }), make("p", { text: say("brand") })),
      make("div", { class: "tools" },
        button("previous", "previousDay", () => this.step(-1)), this.parts.days, button("next", "nextDay", () => this.step(1)),
        this.parts.search,
        button("show", this.state.show === "board" ? "table" : "board", () => this.go({ show: this.state.show === "board" ? "table" : "board" }, true)),
        button("print", "print", () => window.print()),
        button("large", "large", () => this.go({ large: this.state.large === "1" ? "" : "1" }, true)),
        button("language", "language", () => this.go({ language: this.state.language === "zh" ? "en" : "zh" }, true)),
        button("help", "help", () => this.help()), this.parts.account));
    header.querySelector("#previous").textContent = "‹";
    header.querySelector("#previous").setAttribute("aria-label", say("previousDay"));
    header.querySelector("#next").textContent = "›";
    header.querySelector("#next").setAttribute("aria-label", say("nextDay"));
    header.querySelector("#large").setAttribute("aria-pressed", String(this.state.large === "1"));
    const status = make("div", { class: "status" }, this.parts.counts, this.legend(), this.parts.connection);
    const aside = make("aside", {},
      make("section", {}, make("h2", { text: say("support") }), make("p", { class: "note", text: say("supportNote") }), this.parts.support),
      make("section", {}, make("h2", { text: say("feed") }), this.parts.feed), this.parts.unscheduled);
    const main = make("main", {}, this.parts.board, this.parts.table);
    this.root.replaceChildren(header, status, make("div", { class: "columns" }, main, aside), this.parts.dialog);
    this.draw();
  }

  legend() {
    const { say } = this.words;
    const item = (kind, key) => make("span", { class: "key" }, make("i", { class: `bar ${kind}` }), say(key));
    return make("p", { class: "legend", "aria-hidden": "true" },
      item("home booked", "home"), item("guest booked", "guest"), item("home evaluating", "evaluating"), item("home finished", "finished"));
  }

  // A change of state is in the address, so that a link shows the same.
  go(change, rebuild) {
    Object.assign(this.state, change);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(this.state)) if (value) query.set(name, value);
    try {
      history.replaceState(null, "", `?${query}`);
    } catch (_) { /* some browsers refuse this for files */ }
    if (rebuild) this.build();
    else this.draw();
    if (this.onGo) this.onGo(change);
  }

  step(by) {
    const days = daysOf(this.view);
    const at = days.indexOf(this.day) + by;
    if (days[at]) this.go({ day: days[at] });
  }

  get day() {
    return this.state.day || this.view.date;
  }

  show(view) {
    this.view = view;
    this.draw();
  }

  tell(event) {
    this.feed.unshift(event);
    this.feed.length = Math.min(this.feed.length, FEED_LENGTH);
    this.drawFeed();
  }

  connected(name, heard) {
    this.connection = { name };
    if (heard) this.heard = heard;
    this.drawConnection();
  }

  draw() {
    this.drawConnection();
    this.drawFeed();
    if (!this.view) return;
    const { view, words, parts, state } = this;
    const board = state.show === "board";
    parts.board.hidden = !board;
    const days = daysOf(view);
    if (!days.includes(this.day)) days.push(this.day);
    parts.days.replaceChildren(...days.sort().map((day) => make("option", { value: day, text: day === view.date ? `${day} · ${words.say("openingDay")}` : day })));
    parts.days.value = this.day;
    const sessions = drawBoard(parts.board, view, this.day, state.query, words, (session) => this.details(session));
    drawTable(parts.table, view, this.day, state.query, words);
    drawSupport(parts.support, view, words);
    drawUnscheduled(parts.unscheduled, view, words);
    const evaluations = new Set(sessions.map((one) => one.booking_id));
    const split = new Set(sessions.filter((one) => one.split).map((one) => one.booking_id));
    const rooms = new Set(sessions.map((one) => one.room_id));
    parts.counts.textContent = [
      words.say("countSessions", evaluations.size), words.say("countRooms", rooms.size),
      words.say("countSplit", split.size), words.say("countLeft", view.unscheduled.length),
    ].join(" · ");
    document.body.classList.toggle("as-table", !board);
  }

  drawFeed() {
    const zone = this.view ? this.view.timezone : "Asia/Shanghai";
    const items = this.feed.map((event) => {
      const text = this.words.tell(event);
      return text && make("li", { class: event.kind.split(".")[0] }, make("time", { text: clockOf(event.at, zone).time }), ` ${text}`);
    });
    const shown = items.filter(Boolean);
    this.parts.feed.replaceChildren(...(shown.length ? shown : [make("li", { class: "none", text: this.words.say("feedEmpty") })]));
  }

  drawConnection() {
    const { name } = this.connection;
    const age = this.heard ? Math.round((Date.now() - this.heard) / 1000) : null;
    const stale = age !== null && age > 45;
    this.parts.connection.className = `connection ${stale ? "stale" : name}`;
    const text = this.words.say(name) + (name === "live" && age !== null ? ` · ${this.words.say("age", age)}` : "");
    if (this.parts.connection.textContent !== text) this.parts.connection.textContent = text;
  }

  details(session) {
    const venue = this.view.venues.find((one) => one.venue_id === session.venue_id);
    const { say } = this.words;
    const facts = [
      ["project", session.project || say("hidden")], ["venue", venue ? venue.name : session.venue_id], ["rooms", session.room_id],
      ["side", say(session.side)], ["start", `${session.from.day} ${session.from.time}`], ["end", `${session.to.day} ${session.to.time}`],
      ["state", say(session.state) + (session.split ? ` · ${say("split")}` : "")],
      ["progress", `${Math.round((session.progress || 0) * 100)} %`],
    ];
    if (session.reason) facts.push(["reason", session.reason]);
    const list = make("dl", {}, ...facts.map(([key, value]) => make("div", {}, make("dt", { text: say(key) }), make("dd", { text: value }))));
    this.open(session.serial, list, sentenceOf(session, venue, this.words));
  }

  help() {
    const { say } = this.words;
    const keys = [["← → ↑ ↓", "keyArrows"], ["Enter", "keyEnter"], ["/", "keySearch"], ["Alt+L", "keyLarge"], ["?", "keyHelp"], ["Esc", "keyEscape"]];
    this.open(say("keys"), make("dl", {}, ...keys.map(([key, text]) => make("div", {}, make("dt", {}, make("kbd", { text: key })), make("dd", { text: say(text) })))));
  }

  open(title, content, label) {
    this.before = document.activeElement;
    const close = make("button", { type: "button", class: "close", text: this.words.say("close"), onclick: () => this.shut() });
    this.parts.dialog.setAttribute("aria-label", label || title);
    this.parts.dialog.replaceChildren(make("div", { class: "sheet" }, make("h2", { text: title }), content, close));
    this.parts.dialog.hidden = false;
    close.focus();
  }

  shut() {
    this.parts.dialog.hidden = true;
    if (this.before) this.before.focus();
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.altKey && event.key.toLowerCase() === "l") {
      event.preventDefault();
      this.go({ large: this.state.large === "1" ? "" : "1" }, true);
    } else if (event.key === "Escape" && !this.parts.dialog.hidden) this.shut();
    else if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "/") {
      event.preventDefault();
      this.parts.search.focus();
    } else if (event.key === "?") this.help();
    else if (event.key.startsWith("Arrow") && this.parts.dialog.hidden) {
      const bar = document.activeElement.closest(".bar");
      const to = bar ? neighbour(this.parts.board, bar, event.key) : this.parts.board.querySelector(".bar");
      if (to) {
        event.preventDefault();
        to.focus();
        to.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
  }
}

export function stateOfAddress() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

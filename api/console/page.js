// The first page: what stands around the board, its keys, its look, and the address that keeps its state.

import { drawBoard, focusBar, neighbour } from "./board.js";
import { Dialog } from "./dialog.js";
import { clockOf, dayAfter, make, percent } from "./dom.js";
import { drawFeed, drawLeft, drawSupport, drawTable } from "./lists.js";
import { daysOf, stateOf } from "./sessions.js";
import { speaker } from "./words.js";

const FEED_LENGTH = 60;
const STALE_SECONDS = 45;
const PHONE = matchMedia("(max-width: 640px)");
const STATE = { language: "zh", large: "", show: "", rooms: "", opening: "", day: "", query: "", plan: "" };

export class Page {
  // With `isServed`, days can be asked for; a file holds what it holds.
  constructor(root, state, isServed) {
    this.root = root;
    this.state = { ...STATE, ...state };
    this.isServed = isServed;
    this.view = null;
    this.feed = [];
    this.connection = { name: isServed ? "signedOut" : "offline" };
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    PHONE.addEventListener("change", () => this.draw());
    setInterval(() => this.drawAge(), 1000);
  }

  get words() {
    return speaker(this.state.language);
  }

  get day() {
    return this.state.day || this.view.date;
  }

  // A list comes first where a grid would be too small to read.
  get shown() {
    return this.state.show || (PHONE.matches || this.state.large ? "table" : "board");
  }

  build() {
    const { say } = this.words;
    document.documentElement.lang = this.state.language === "en" ? "en" : "zh-CN";
    document.documentElement.classList.toggle("large", this.state.large === "1");
    document.title = `${say("title")} · ${say("brand")}`;
    this.dialog = new Dialog(this.words);
    this.parts = {
      connection: make("span", { role: "status" }),
      age: make("span", { class: "age" }),
      counts: make("dl", { class: "counts" }),
      board: make("div", { class: "board", role: "region", "aria-label": say("title") }),
      table: make("div", { class: "table" }),
      support: make("div"),
      feed: make("ol", { class: "feed", "aria-live": "polite", "aria-label": say("feed") }),
      unscheduled: make("section", { class: "unscheduled" }),
      waiting: make("section", { class: "unscheduled waiting" }),
      note: make("p", { class: "barred" }),
      draft: make("section", { class: "draft", hidden: "" }),
      plans: make("button", { type: "button", id: "plans", hidden: "", text: say("plans"), onclick: () => this.onPlans() }),
      account: make("span", { class: "account" }),
      days: make("select", { id: "day", "aria-label": say("day"), onchange: () => this.go({ day: this.parts.days.value }) }),
      opening: make("input", { id: "opening", type: "date", "aria-label": say("openingDay"), onchange: () => this.goTo(this.parts.opening.value) }),
      search: make("input", {
        id: "search", type: "search", placeholder: say("find"), "aria-label": say("search"),
        oninput: () => this.go({ query: this.parts.search.value }),
      }),
    };
    this.parts.search.value = this.state.query;
    this.parts.status = make("p", { class: "connection" }, this.parts.connection, this.parts.age);
    const bar = make("div", { class: "status" }, this.parts.counts, this.legend(), this.parts.status);
    const main = make("main", {}, this.parts.board, this.parts.table);
    this.root.replaceChildren(this.header(), this.parts.note, this.parts.draft, bar, make("div", { class: "columns" }, main, this.aside()), this.dialog.element);
    this.draw();
  }

  header() {
    const { say } = this.words;
    const button = (id, text, action, label) => make("button", { type: "button", id, onclick: action, text, "aria-label": label, title: label });
    const toggle = (id, key, name) => {
      const made = button(id, say(key), () => this.go({ [name]: this.state[name] ? "" : "1" }, true));
      made.setAttribute("aria-pressed", String(Boolean(this.state[name])));
      return made;
    };
    const { parts } = this;
    parts.show = button("show", "", () => this.go({ show: this.shown === "board" ? "table" : "board" }));
    const days = make("div", { class: "days" }, button("previous", "‹", () => this.step(-1), say("previousDay")),
      parts.opening, parts.days, button("next", "›", () => this.step(1), say("nextDay")));
    const tools = make("div", { class: "tools" }, days, parts.plans, parts.search, parts.show, toggle("rooms", "usedRooms", "rooms"),
      button("print", say("print"), () => window.print()), toggle("large", "large", "large"),
      button("language", say("language"), () => this.go({ language: this.state.language === "en" ? "zh" : "en" }, true)),
      button("help", "?", () => this.help(), say("help")), parts.account);
    return make("header", { class: "top" }, make("div", { class: "brand" }, make("h1", { text: say("title") }), make("p", { text: say("brand") })), tools);
  }

  aside() {
    const { say } = this.words;
    return make("aside", {}, this.parts.unscheduled, this.parts.waiting,
      make("section", { class: "counted" }, make("h2", { text: say("support") }), make("p", { class: "note", text: say("supportNote") }), this.parts.support),
      make("section", { class: "happened" }, make("h2", { text: say("feed") }), this.parts.feed));
  }

  legend() {
    const { say } = this.words;
    const item = (kind, key, badge) => make("span", { class: "key" }, make("i", { class: `bar ${kind}`, text: badge ? say(badge) : "" }), say(key));
    return make("p", { class: "legend", "aria-hidden": "true" }, item("home", "home", "homeBadge"), item("guest", "guest", "guestBadge"),
      item("home evaluating", "evaluating"), item("home finished", "finished"), item("home split", "split"));
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
    if (this.onGo) this.onGo(change, Boolean(rebuild));
  }

  goTo(opening) {
    if (opening) this.go({ opening, day: "", plan: "" });
  }

  // The day before or after: among those that the view holds, then, when served, the next day of openings.
  step(by) {
    if (!this.view) return;
    const days = daysOf(this.view);
    const to = days[days.indexOf(this.day) + by];
    if (to) this.go({ day: to });
    else if (this.isServed) this.goTo(dayAfter(this.view.date, by));
  }

  show(view, barred) {
    this.view = view;
    this.barred = barred;
    this.draw();
  }

  tell(event) {
    // Topics are in order each, not among each other.
    const at = this.feed.findIndex((one) => one.at <= event.at);
    this.feed.splice(at < 0 ? this.feed.length : at, 0, event);
    this.feed.length = Math.min(this.feed.length, FEED_LENGTH);
    this.drawFeed();
  }

  connected(name, heard, offset) {
    this.connection = { name, heard, offset };
    this.drawAge();
  }

  draw() {
    const { view, words, parts, state } = this;
    const { say } = words;
    const board = this.shown === "board";
    parts.show.textContent = say(board ? "table" : "board");
    parts.board.hidden = !board;
    parts.table.hidden = board;
    parts.board.classList.toggle("used-only", Boolean(state.rooms));
    parts.opening.hidden = !this.isServed;
    this.drawAge();
    this.drawFeed();
    this.root.classList.toggle("blank", !view);
    parts.note.textContent = this.barred ? say("barred") : "";
    if (!view) return;
    const days = daysOf(view);
    if (!days.includes(this.day)) state.day = "";
    parts.opening.value = view.date;
    parts.days.hidden = this.isServed && days.length === 1;
    parts.days.replaceChildren(...days.map((day) => make("option", { value: day, text: day === view.date && !this.isServed ? `${day} · ${say("openingDay")}` : day })));
    parts.days.value = this.day;
    const open = (session) => this.details(session);
    if (board) drawBoard(parts.board, view, this.day, state.query, words, open);
    else drawTable(parts.table, view, this.day, state.query, words, open);
    drawSupport(parts.support, view, words);
    drawLeft(parts.unscheduled, view.unscheduled, say("unscheduledCount", view.unscheduled.length), words, this.onPlace,
      this.onExplain ? (left) => this.explainLeft(left) : null);
    drawLeft(parts.waiting, view.waiting, say("waitingCount", view.waiting.length), words, this.onPlace);
    this.drawCounts();
  }

  drawCounts() {
    const { view, words } = this;
    const today = view.sessions.filter((one) => clockOf(one.start, view.timezone).day === this.day);
    const number = (test) => new Set(today.filter(test).map((one) => one.serial)).size;
    const facts = [
      ["countSessions", number(() => true)], ["countRunning", number((one) => one.state === "evaluating")],
      ["countFinished", number((one) => one.state === "finished")], ["countRooms", new Set(today.map((one) => one.room_id)).size],
      ["countSplit", new Set(view.sessions.filter((one) => one.split).map((one) => one.serial)).size],
      ["countLeft", view.unscheduled.length],
    ];
    this.parts.counts.replaceChildren(...facts.map(([key, value]) =>
      make("div", { class: value ? "" : "zero" }, make("dt", { text: words.say(key) }), make("dd", { text: String(value) }))));
  }

  drawFeed() {
    drawFeed(this.parts.feed, this.feed, this.view, this.words, (serial) => this.find(serial));
  }

  drawAge() {
    const { say } = this.words;
    const { name, heard, offset } = this.connection;
    const age = heard ? Math.max(0, Math.round((Date.now() - heard) / 1000)) : null;
    this.parts.status.className = `connection ${age !== null && age > STALE_SECONDS ? "stale" : name}`;
    // Only the state is announced: a count of seconds read aloud would drown everything else.
    if (this.parts.connection.textContent !== say(name)) this.parts.connection.textContent = say(name);
    const facts = [];
    if (age !== null) facts.push(say("age", age));
    if (offset) facts.push(say("offset", offset));
    if (!this.isServed && this.view) facts.push(say("asOf", `${clockOf(this.view.now, this.view.timezone).day} ${clockOf(this.view.now, this.view.timezone).time}`));
    this.parts.age.textContent = facts.map((fact) => ` · ${fact}`).join("");
  }

  // From a sentence to its evaluation: the bar if it is on the day shown, else the search.
  find(serial) {
    const bar = [...this.parts.board.querySelectorAll(".bar")].find((one) => one.session.serial === serial);
    if (bar && this.shown === "board") {
      focusBar(this.parts.board, bar);
      return;
    }
    this.parts.search.value = serial;
    this.go({ query: serial });
  }

  details(session) {
    const { say } = this.words;
    const day = (clock) => `${clock.day} ${clock.time}`;
    const facts = [
      ["project", session.project || say("hidden")], ["venue", session.venue.name], ["rooms", session.room_id], ["side", say(session.side)],
      ["start", day(session.from)], ["end", day(session.to)], ["state", stateOf(session, this.words)], ["progress", percent(session.progress)],
    ];
    if (session.reason) facts.push(["reason", session.reason]);
    const list = make("dl", {}, ...facts.map(([key, value]) => make("div", {}, make("dt", { text: say(key) }), make("dd", { text: value }))));
    this.dialog.open(session.serial, make("div", {}, list, session.project_id ? this.why(session.project_id) : null));
  }

  // A place for the explanation of a project, which a button asks for; none where nobody may ask.
  why(project) {
    if (!this.onExplain) return null;
    const root = make("div", { class: "why" });
    root.append(make("button", { type: "button", text: this.words.say("why"), onclick: () => this.onExplain(root, project) }));
    return root;
  }

  explainLeft(left) {
    const root = this.why(left.project_id);
    this.dialog.open(left.serial, make("div", {}, make("p", { text: left.reason }), root));
    this.onExplain(root, left.project_id);
  }

  help() {
    const { say } = this.words;
    const keys = [["← → ↑ ↓", "keyArrows"], ["Enter", "keyEnter"], ["/", "keySearch"], ["Alt+L", "keyLarge"], ["?", "keyHelp"], ["Esc", "keyEscape"]];
    const item = ([key, text]) => make("div", {}, make("dt", {}, make("kbd", { text: key })), make("dd", { text: say(text) }));
    this.dialog.open(say("keys"), make("dl", {}, ...keys.map(item)));
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.altKey && event.key.toLowerCase() === "l") {
      event.preventDefault();
      this.go({ large: this.state.large ? "" : "1" }, true);
    } else if (event.key === "Escape") {
      if (this.dialog.isOpen && this.dialog.mayShut) this.dialog.shut();
      else if (document.activeElement === this.parts.search) this.parts.search.blur();
    } else if (typing || this.dialog.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "/") {
      event.preventDefault();
      this.parts.search.focus();
    } else if (event.key === "?") this.help();
    else if (event.key.startsWith("Arrow") && this.shown === "board") {
      const bar = document.activeElement.closest(".track .bar");
      const to = bar ? neighbour(this.parts.board, bar, event.key) : this.parts.board.querySelector('.bar[tabindex="0"]');
      if (!to) return;
      event.preventDefault();
      focusBar(this.parts.board, to);
    }
  }
}

export function stateOfAddress() {
  return Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => name in STATE));
}

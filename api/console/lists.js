// The lists beside the board: its table twin, the guest-support counts, what has no place, and what happened.

import { clockOf, make } from "./dom.js";
import { sessionsOn, stateOf, venuesOf } from "./sessions.js";

export function drawTable(root, view, day, query, words, onOpen) {
  const head = ["number", "project", "side", "venue", "rooms", "start", "end", "state"];
  const body = make("tbody");
  for (const session of sessionsOn(view, day, query)) {
    const open = make("button", { type: "button", class: "link", text: session.serial, onclick: () => onOpen(session) });
    const side = make("span", { class: `side ${session.side}`, text: words.say(session.side) });
    const project = session.project === session.serial ? "" : session.project || words.say("hidden");
    const cells = [
      open, project, side, session.venue.name, session.room_id, session.from.time, session.to.time,
      stateOf(session, words),
    ];
    body.append(make("tr", { class: session.state }, ...cells.map((content) => make("td", {}, content))));
  }
  const titles = make("tr", {}, ...head.map((key) => make("th", { scope: "col", text: words.say(key) })));
  const caption = make("caption", { text: `${words.say("title")} ${day}` });
  const none = body.childElementCount ? null : make("p", { class: "none", text: words.say("nothing") });
  root.replaceChildren(...[make("table", {}, caption, make("thead", {}, titles), body), none].filter(Boolean));
}

// The chart is a table: a bar is drawn in a cell between the name and the number, for whoever sees it.
export function drawSupport(root, view, words) {
  const count = (venue) => venue.support_count || 0;
  const most = Math.max(1, ...view.venues.map(count));
  const ranked = [...view.venues].sort((a, b) => count(b) - count(a) || (a.venue_id < b.venue_id ? -1 : 1));
  let table = root.querySelector("table");
  if (!table || table.lang !== words.language) {
    const head = make("tr", {}, make("th", { scope: "col", text: words.say("venue") }), make("td"), make("th", { scope: "col", text: words.say("count") }));
    table = make("table", { class: "support", lang: words.language }, make("thead", { class: "unseen" }, head), make("tbody"));
    root.replaceChildren(table);
  }
  const rows = new Map([...table.tBodies[0].rows].map((row) => [row.dataset.venue, row]));
  table.tBodies[0].append(...ranked.map((venue) => {
    const row = rows.get(venue.venue_id) || make("tr", { "data-venue": venue.venue_id },
      make("th", { scope: "row", text: venue.name }), make("td", { "aria-hidden": "true" }, make("span", { class: "meter" }, make("i"))), make("td"));
    row.querySelector("i").style.width = `${(count(venue) / most) * 100}%`;
    row.cells[2].textContent = venue.support_count === null ? words.say("few") : String(venue.support_count);
    return row;
  }));
}

// What has no place, and what waits for a plan; whoever may place a project, or ask why, gets a button for it.
export function drawLeft(root, left, title, words, onPlace, onExplain) {
  root.hidden = left.length === 0;
  const items = left.map((one) => {
    const name = one.project === one.serial ? "" : one.project;
    const place = onPlace ? make("button", { type: "button", text: words.say("offers"), onclick: () => onPlace(one) }) : null;
    const why = onExplain ? make("button", { type: "button", text: words.say("why"), onclick: () => onExplain(one) }) : null;
    return make("li", {}, make("b", { text: one.serial }), make("span", { text: [name, one.reason].filter(Boolean).join(" · ") }), why, place);
  });
  root.replaceChildren(make("h2", { text: title }), make("ul", {}, ...items));
}

// Sentences, newest first; one that tells of an evaluation leads to it.
export function drawFeed(root, events, view, words, onFind) {
  const names = view ? venuesOf(view) : new Map();
  const zone = view ? view.timezone : "Asia/Shanghai";
  const items = [];
  for (const event of events) {
    const text = words.tell(event, (venueId) => (names.has(venueId) ? names.get(venueId).name : venueId));
    if (!text) continue;
    const { serial } = event.facts;
    const said = serial ? make("button", { type: "button", class: "link", text, onclick: () => onFind(serial) }) : make("span", { text });
    const kind = event.kind.replace(".", " ");
    items.push(make("li", { class: kind }, make("time", { datetime: event.at, text: clockOf(event.at, zone).time }), said));
  }
  root.replaceChildren(...(items.length ? items : [make("li", { class: "none", text: words.say("feedEmpty") })]));
}

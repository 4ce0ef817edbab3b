// The dispatch board: rooms by hours. Draws a BoardView and knows nothing of networks.

import { clockOf, make } from "./dom.js";
import { isAlarming, sentenceOf, sessionsOn, stateOf } from "./sessions.js";

const FIRST_HOUR = 8;
const LAST_HOUR = 23;
const MINUTES = (LAST_HOUR - FIRST_HOUR) * 60;
const MOVE = { duration: 700, easing: "cubic-bezier(.2, .7, .2, 1)" };

const along = (minutes) => Math.min(Math.max(minutes - FIRST_HOUR * 60, 0), MINUTES);
const share = (minutes) => `${(minutes / MINUTES) * 100}%`;

// Draws into `root`, keeping the bars that are there, so that what moves is seen to move.
export function drawBoard(root, view, day, query, words, onOpen) {
  const sessions = sessionsOn(view, day, query);
  const tracks = drawRooms(root, view, words);
  drawLines(root, view, day, words);
  const scene = `${day}|${words.language}`;
  // Another day is another scene: only what changes within one is shown as a movement.
  const moving = root.dataset.scene === scene && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  root.dataset.scene = scene;
  const bars = matchBars([...root.querySelectorAll(".bar")], sessions);
  const places = moving ? new Map([...bars.values()].map((bar) => [bar, bar.getBoundingClientRect()])) : new Map();
  const kept = new Set(bars.values());
  for (const bar of root.querySelectorAll(".bar")) if (!kept.has(bar)) bar.remove();
  const moved = [];
  for (const session of sessions) {
    const track = tracks.get(session.room_id);
    if (!track) continue;
    const bar = bars.get(session) || newBar(onOpen);
    const was = bar.parentNode && `${bar.parentNode.dataset.room}|${bar.style.left}`;
    paint(bar, session, words);
    if (bar.parentNode !== track) track.append(bar);
    if (moving && was !== `${session.room_id}|${bar.style.left}`) moved.push(bar);
  }
  for (const bar of moved) animate(bar, places.get(bar));
  markIdle(root);
  rove(root);
  root.classList.toggle("empty", sessions.length === 0);
  root.querySelector(".none").textContent = words.say("nothing");
  return sessions;
}

// Which bar shows which session: the one that shows it already in that room, or one of the same booking and side.
function matchBars(bars, sessions) {
  const free = new Map(bars.map((bar) => [bar, bar.session]));
  const found = new Map();
  const same = [
    (a, b) => a.booking_id === b.booking_id && a.side === b.side && a.room_id === b.room_id && a.start === b.start,
    (a, b) => a.booking_id === b.booking_id && a.side === b.side && a.room_id === b.room_id,
    (a, b) => a.booking_id === b.booking_id && a.side === b.side,
    // A booking made anew keeps the evaluation's number.
    (a, b) => a.serial === b.serial && a.side === b.side,
  ];
  for (const test of same) {
    const byNumber = new Map();
    for (const [bar, shown] of free) byNumber.set(shown.serial, [...(byNumber.get(shown.serial) || []), bar]);
    for (const session of sessions) {
      if (found.has(session)) continue;
      const bar = (byNumber.get(session.serial) || []).find((one) => free.has(one) && test(free.get(one), session));
      if (!bar) continue;
      found.set(session, bar);
      free.delete(bar);
    }
  }
  return found;
}

function newBar(onOpen) {
  const bar = make("button", { type: "button", tabindex: "-1" },
    make("span", { class: "fill" }), make("span", { class: "badge" }), make("span", { class: "label" }), make("span", { class: "more" }));
  bar.addEventListener("click", () => onOpen(bar.session));
  return bar;
}

function paint(bar, session, words) {
  const overnight = session.to.day > session.from.day ? 24 * 60 : 0;
  const left = along(session.from.minutes);
  bar.className = `bar ${session.side} ${session.state}${session.split ? " split" : ""}${isAlarming(session) ? ` alarm-${session.alarm}` : ""}`;
  bar.session = session;
  bar.dataset.key = `${session.booking_id}|${session.side}|${session.room_id}|${session.start}`;
  bar.style.left = share(left);
  bar.style.width = share(along(session.to.minutes + overnight) - left);
  const [fill, badge, label, more] = bar.children;
  fill.style.width = `${Math.round((session.progress || 0) * 100)}%`;
  badge.textContent = words.say(`${session.side}Badge`);
  label.textContent = session.serial;
  more.textContent = `${session.from.time}–${session.to.time} ${stateOf(session, words)}`;
  const sentence = sentenceOf(session, words);
  bar.setAttribute("aria-label", sentence);
  bar.title = sentence;
}

// A venue out of sight is not painted, and one in sight clips: while a bar crosses venues its own does neither.
function animate(bar, before) {
  if (!before || !before.width) {
    bar.animate([{ opacity: 0, transform: "scaleX(.6)" }, { opacity: 1, transform: "none" }], MOVE);
    return;
  }
  const venue = bar.closest(".venue");
  venue.classList.add("moving");
  const after = bar.getBoundingClientRect();
  const from = `translate(${before.left - after.left}px, ${before.top - after.top}px)`;
  const travel = bar.animate([{ transform: from, zIndex: 6 }, { transform: "none", zIndex: 6 }], MOVE);
  travel.onfinish = travel.oncancel = () => venue.classList.remove("moving");
}

function drawLines(root, view, day, words) {
  const [hour, minute] = view.cutoff.split(":").map(Number);
  for (const cutoff of root.querySelectorAll(".cutoff")) cutoff.style.left = share(along(hour * 60 + minute));
  const now = clockOf(view.now, view.timezone);
  for (const line of root.querySelectorAll(".now-line")) {
    line.hidden = now.day !== day || now.minutes < FIRST_HOUR * 60 || now.minutes > LAST_HOUR * 60;
    line.style.left = share(along(now.minutes));
  }
  root.querySelector("b.cutoff").textContent = view.cutoff;
  root.querySelector("b.now-line").textContent = `${words.say("now")} ${now.time}`;
}

// One row a room under its venue's name; rebuilt only when the rooms or the language change.
function drawRooms(root, view, words) {
  const shape = JSON.stringify([view.venues.map((venue) => [venue.venue_id, venue.name, venue.rooms]), words.language]);
  if (root.shape !== shape) {
    root.shape = shape;
    const hours = make("div", { class: "hours", "aria-hidden": "true" });
    for (let hour = FIRST_HOUR; hour < LAST_HOUR; hour += 1) hours.append(make("span", { text: String(hour).padStart(2, "0") }));
    hours.append(make("b", { class: "cutoff" }), make("b", { class: "now-line" }));
    const lines = make("div", { class: "lines", "aria-hidden": "true" }, make("i", { class: "cutoff" }), make("i", { class: "now-line" }));
    const rows = make("div", { class: "rows" }, lines, ...view.venues.map((venue) => drawVenue(venue, words)));
    root.replaceChildren(hours, rows, make("p", { class: "none" }));
  }
  return new Map([...root.querySelectorAll(".track")].map((track) => [track.dataset.room, track]));
}

function drawVenue(venue, words) {
  const facts = words.say("venueFacts", venue.rooms.length, venue.seats);
  const group = make("section", { class: "venue", "aria-label": venue.name },
    make("h3", {}, make("span", { text: venue.name }), make("small", { text: facts })));
  // A venue out of sight is not laid out; its height is known beforehand, so that the scroll bar does not jump.
  group.style.containIntrinsicSize = `1px calc(${venue.rooms.length} * (var(--row) + 1px) + 1.8rem)`;
  for (const room of venue.rooms) {
    const name = make("span", { class: "room" }, make("b", { text: room.room_id }), make("small", { text: words.say("roomSeats", room.seats) }));
    group.append(make("div", { class: "row" }, name, make("div", { class: "track", "data-room": room.room_id })));
  }
  return group;
}

// Rooms and venues without a session on the day can be left out by style alone.
function markIdle(root) {
  for (const venue of root.querySelectorAll(".venue")) {
    let used = 0;
    for (const row of venue.querySelectorAll(".row")) {
      const busy = row.lastChild.childElementCount > 0;
      row.classList.toggle("idle", !busy);
      used += busy ? 1 : 0;
    }
    venue.classList.toggle("idle", used === 0);
  }
}

// One bar stands in the order of the Tab key; the arrows lead from it to the others.
function rove(root) {
  const bars = [...root.querySelectorAll(".bar")];
  if (bars.length && !bars.some((bar) => bar.tabIndex === 0)) bars[0].tabIndex = 0;
}

export function focusBar(root, bar) {
  for (const one of root.querySelectorAll('.bar[tabindex="0"]')) one.tabIndex = -1;
  bar.tabIndex = 0;
  bar.focus();
  bar.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// The neighbour of a bar in the direction of an arrow key: along its row, or the nearest start in another row.
export function neighbour(root, bar, key) {
  const rows = [...root.querySelectorAll(".track")].filter((track) => track.querySelector(".bar"));
  const start = (one) => parseFloat(one.style.left);
  const inRow = (track) => [...track.querySelectorAll(".bar")].sort((a, b) => start(a) - start(b));
  const at = rows.indexOf(bar.parentNode);
  const own = inRow(rows[at]);
  if (key === "ArrowRight") return own[own.indexOf(bar) + 1] || null;
  if (key === "ArrowLeft") return own[own.indexOf(bar) - 1] || null;
  const row = rows[at + (key === "ArrowDown" ? 1 : -1)];
  if (!row) return null;
  return inRow(row).reduce((best, one) => (Math.abs(start(one) - start(bar)) < Math.abs(start(best) - start(bar)) ? one : best));
}

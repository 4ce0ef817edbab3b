// The dispatch board: rooms by hours. Draws a BoardView and knows nothing of networks.

const FIRST_HOUR = 8;
const LAST_HOUR = 23;
const MINUTES = (LAST_HOUR - FIRST_HOUR) * 60;

export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Local parts of an instant in the zone of the rules, whatever the zone of this computer.
export function clockOf(instant, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = (type) => parts.find((one) => one.type === type).value;
  return {
    day: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
    minutes: (Number(part("hour")) - FIRST_HOUR) * 60 + Number(part("minute")),
  };
}

const share = (minutes) => `${(Math.min(Math.max(minutes, 0), MINUTES) / MINUTES) * 100}%`;

export function daysOf(view) {
  const days = new Set(view.sessions.map((session) => clockOf(session.start, view.timezone).day));
  days.add(view.date);
  return [...days].sort();
}

export function sessionsOn(view, day) {
  return view.sessions
    .map((session) => ({
      ...session,
      from: clockOf(session.start, view.timezone),
      to: clockOf(session.end, view.timezone),
    }))
    .filter((session) => session.from.day === day)
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.serial < b.serial ? -1 : 1));
}

export function matches(session, venue, query) {
  const text = `${session.serial} ${session.project || ""} ${session.room_id} ${venue ? venue.name : ""}`;
  return !query || text.toLowerCase().includes(query.toLowerCase());
}

export function sentenceOf(session, venue, words) {
  return [
    session.serial,
    session.project && session.project !== session.serial ? session.project : null,
    `${words.say(session.side)} ${venue ? venue.name : session.venue_id} ${session.room_id}`,
    `${session.from.time}–${session.to.time}`,
    words.say(session.state),
    session.split ? words.say("split") : null,
  ].filter(Boolean).join(" · ");
}

// Draws into `root`, keeping the bars that are there, so that what moves is seen to move.
export function drawBoard(root, view, day, query, words, onOpen) {
  const venues = new Map(view.venues.map((venue) => [venue.venue_id, venue]));
  const sessions = sessionsOn(view, day).filter((one) => matches(one, venues.get(one.venue_id), query));
  const tracks = drawRooms(root, view, words);
  const cutoff = view.cutoff.split(":").map(Number);
  const line = (cutoff[0] - FIRST_HOUR) * 60 + cutoff[1];
  root.querySelector(".cutoff").style.left = share(line);
  const now = clockOf(view.now, view.timezone);
  const nowLine = root.querySelector(".now-line");
  nowLine.hidden = now.day !== day || now.minutes < 0 || now.minutes > MINUTES;
  nowLine.style.left = share(now.minutes);
  nowLine.dataset.label = `${words.say("now")} ${now.time}`;
  root.querySelector(".cutoff").dataset.label = view.cutoff;
  const bars = new Map([...root.querySelectorAll(".bar")].map((bar) => [bar.dataset.key, bar]));
  const wanted = new Set();
  for (const session of sessions) {
    const track = tracks.get(session.room_id);
    if (!track) continue;
    const key = `${session.booking_id}|${session.start}|${session.side}|${session.venue_id}`;
    const steady = `${session.serial}|${session.side}|${session.venue_id}|${session.from.day}`;
    wanted.add(steady);
    let bar = bars.get(steady);
    if (!bar) {
      bar = make("button", { type: "button", "data-key": steady }, make("span", { class: "fill" }), make("span", { class: "label" }));
      bar.addEventListener("click", () => onOpen(bar.session));
      bars.set(steady, bar);
    }
    bar.className = `bar ${session.side} ${session.state}${session.split ? " split" : ""}`;
    bar.session = { ...session, key };
    bar.style.left = share(session.from.minutes);
    bar.style.width = share(session.to.minutes - session.from.minutes);
    bar.querySelector(".fill").style.width = `${Math.round((session.progress || 0) * 100)}%`;
    bar.querySelector(".label").textContent =
      `${words.say(session.side)} ${session.serial}${session.split ? ` ⇥ ${words.say("split")}` : ""}`;
    const sentence = sentenceOf(session, venues.get(session.venue_id), words);
    bar.setAttribute("aria-label", sentence);
    bar.title = sentence;
    if (bar.parentNode !== track) track.append(bar);
  }
  for (const [key, bar] of bars) if (!wanted.has(key)) bar.remove();
  root.classList.toggle("empty", sessions.length === 0);
  root.querySelector(".none").textContent = words.say("nothing");
  return sessions;
}

// One row a room under its venue's name; rebuilt only when the rooms or the language change.
function drawRooms(root, view, words) {
  const shape = JSON.stringify([view.venues.map((venue) => [venue.venue_id, venue.rooms.length]), words.language]);
  if (root.dataset.shape !== shape) {
    root.dataset.shape = shape;
    const hours = make("div", { class: "hours", "aria-hidden": "true" });
    for (let hour = FIRST_HOUR; hour < LAST_HOUR; hour += 1) hours.append(make("span", { text: `${String(hour).padStart(2, "0")}` }));
    const rows = make("div", { class: "rows" });
    rows.append(make("div", { class: "lines", "aria-hidden": "true" }, make("i", { class: "cutoff" }), make("i", { class: "now-line" })));
    for (const venue of view.venues) {
      const group = make("section", { class: "venue", "aria-label": venue.name }, make("h3", { text: venue.name }));
      for (const room of venue.rooms) {
        const name = make("span", { class: "room" }, make("b", { text: room.room_id }), make("small", { text: `${room.seats} ${words.say("seats")}` }));
        group.append(make("div", { class: "row" }, name, make("div", { class: "track", "data-room": room.room_id })));
      }
      rows.append(group);
    }
    root.replaceChildren(hours, rows, make("p", { class: "none" }));
  }
  return new Map([...root.querySelectorAll(".track")].map((track) => [track.dataset.room, track]));
}

export function drawTable(root, view, day, query, words) {
  const venues = new Map(view.venues.map((venue) => [venue.venue_id, venue]));
  const head = ["number", "project", "side", "venue", "rooms", "start", "end", "state", "progress"];
  const body = make("tbody");
  for (const session of sessionsOn(view, day)) {
    const venue = venues.get(session.venue_id);
    if (!matches(session, venue, query)) continue;
    const cells = [
      session.serial, session.project || words.say("hidden"), words.say(session.side), venue ? venue.name : session.venue_id,
      session.room_id, session.from.time, session.to.time,
      words.say(session.state) + (session.split ? ` · ${words.say("split")}` : ""), `${Math.round((session.progress || 0) * 100)} %`,
    ];
    body.append(make("tr", {}, ...cells.map((text) => make("td", { text }))));
  }
  const titles = make("tr", {}, ...head.map((key) => make("th", { scope: "col", text: words.say(key) })));
  root.replaceChildren(make("table", {}, make("caption", { text: `${words.say("title")} ${day}` }), make("thead", {}, titles), body));
}

export function drawSupport(root, view, words) {
  const most = Math.max(1, ...view.venues.map((venue) => venue.support_count || 0));
  const list = make("ol", { class: "support", "aria-label": words.say("support") });
  const ranked = [...view.venues].sort((a, b) => (b.support_count || 0) - (a.support_count || 0) || (a.venue_id < b.venue_id ? -1 : 1));
  for (const venue of ranked) {
    const bar = make("span", { class: "meter" }, make("i"));
    bar.firstChild.style.width = `${((venue.support_count || 0) / most) * 100}%`;
    const count = venue.support_count === null ? "<3" : String(venue.support_count);
    list.append(make("li", {}, make("span", { class: "name", text: venue.name }), bar, make("b", { text: count })));
  }
  root.replaceChildren(list);
}

export function drawUnscheduled(root, view, words) {
  root.hidden = view.unscheduled.length === 0;
  const list = make("ul", {}, ...view.unscheduled.map((one) => make("li", {}, make("b", { text: one.serial }), ` ${one.reason}`)));
  root.replaceChildren(make("h2", { text: `${words.say("unscheduled")} (${view.unscheduled.length})` }), list);
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

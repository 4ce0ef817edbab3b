// What a board view holds on one day, in order, and how it is said.

import { clockOf, percent } from "./dom.js";

export function daysOf(view) {
  const days = new Set(view.sessions.map((session) => clockOf(session.start, view.timezone).day));
  days.add(view.date);
  return [...days].sort();
}

export function venuesOf(view) {
  return new Map(view.venues.map((venue) => [venue.venue_id, venue]));
}

export function sessionsOn(view, day, query) {
  const venues = venuesOf(view);
  return view.sessions
    .map((session) => ({
      ...session,
      venue: venues.get(session.venue_id) || { venue_id: session.venue_id, name: session.venue_id, rooms: [] },
      from: clockOf(session.start, view.timezone),
      to: clockOf(session.end, view.timezone),
    }))
    .filter((session) => session.from.day === day && matches(session, query))
    .sort((a, b) => order(a.start, b.start) || order(a.serial, b.serial) || order(b.side, a.side) || order(a.room_id, b.room_id));
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function matches(session, query) {
  const text = `${session.serial} ${session.project || ""} ${session.room_id} ${session.venue.name}`;
  return !query || text.toLowerCase().includes(query.trim().toLowerCase());
}

// The state in words; while a panel works, with its progress.
export function stateOf(session, words) {
  const doing = session.state === "evaluating" ? ` ${percent(session.progress)}` : "";
  return words.say(session.state) + doing + (session.split ? ` · ${words.say("split")}` : "");
}

export function sentenceOf(session, words) {
  return [
    session.serial,
    session.project && session.project !== session.serial ? session.project : null,
    `${words.say(session.side)} ${session.venue.name} ${session.room_id}`,
    `${session.from.time}–${session.to.time}`,
    stateOf(session, words),
  ].filter(Boolean).join(" · ");
}

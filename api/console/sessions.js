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
      ends: endOf(session, view.timezone),
    }))
    .filter((session) => session.from.day === day && matches(session, query))
    .sort((a, b) => order(a.start, b.start) || order(a.serial, b.serial) || order(b.side, a.side) || order(a.room_id, b.room_id));
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function matches(session, query) {
  const text = `${session.serial} ${session.project || ""} ${session.room_id} ${session.venue.name}`;
  return !query || text.toLowerCase().includes(query.trim().toLowerCase());
}

export const isAlarming = (session) => session.state === "evaluating" && ["watch", "warn", "split"].includes(session.alarm);

// The expected end as a time; with the day when it is not this one.
function endOf(session, zone) {
  if (!session.forecast_end) return "";
  const { day, time } = clockOf(session.forecast_end, zone);
  return day === clockOf(session.start, zone).day ? time : `${day.slice(5)} ${time}`;
}

// The state in words; while a panel works, with its progress and the end that is expected.
export function stateOf(session, words) {
  const parts = [words.say(session.state)];
  if (session.state === "evaluating") {
    parts[0] += ` ${percent(session.progress)}`;
    if (session.ends) parts.push(words.say("forecastEnd", session.ends));
    if (isAlarming(session)) parts.push(words.say(`alarm.${session.alarm}`));
  }
  if (session.split) parts.push(words.say("split"));
  return parts.join(" · ");
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

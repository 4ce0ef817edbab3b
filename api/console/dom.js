// Elements and times, shared by every part of the console.

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

// A formatter is dear to make and cheap to use: one a zone serves thousands of instants.
const formatters = new Map();

function formatterOf(zone) {
  if (!formatters.has(zone)) {
    formatters.set(zone, new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }));
  }
  return formatters.get(zone);
}

// Local parts of an instant in the zone of the rules, whatever the zone of this computer; minutes count from midnight.
export function clockOf(instant, zone) {
  const found = {};
  for (const { type, value } of formatterOf(zone).formatToParts(new Date(instant))) found[type] = value;
  return {
    day: `${found.year}-${found.month}-${found.day}`,
    time: `${found.hour}:${found.minute}`,
    minutes: Number(found.hour) * 60 + Number(found.minute),
  };
}

export function percent(progress) {
  return `${Math.round((progress || 0) * 100)} %`;
}

export function dayAfter(day, by) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
}

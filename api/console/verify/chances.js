// How many people have which chance: charts that are tables.

import { make } from "../dom.js";
import { less, text } from "./fractions.js";

const ROWS = 60;
const LONG = 14;

const percent = ({ p, q }) => `${Number((p * 200_000n + q) / (2n * q)) / 1000} %`;

function row([name, { chance, experts }]) {
  const bar = make("i", {});
  // Set from script, not as an attribute: the page's policy allows no inline style.
  bar.style.width = `${Math.max(1, Number((chance.p * 1000n) / chance.q) / 10)}%`;
  return make("tr", {}, make("th", { scope: "row", text: name.length <= LONG ? name : percent(chance) }), make("td", { text: percent(chance) }),
    make("td", { class: "wide" }, make("span", { class: "meter" }, bar)), make("td", { class: "number", text: String(experts) }));
}

// `chances` by cell, added up over cells with the same chance.
function table(title, cells, chances, { say }, ...notes) {
  const rows = new Map();
  chances.forEach((chance, n) => {
    const name = text(chance);
    rows.set(name, { chance, experts: cells[n].members + (rows.has(name) ? rows.get(name).experts : 0n) });
  });
  const all = [...rows].sort(([, a], [, b]) => (less(a.chance, b.chance) ? -1 : 1));
  const head = ["chance", "share", "", "experts"].map((key) => make("th", { text: key && say(key) }));
  return make("section", {}, make("h3", { text: title }),
    make("table", { class: "chances" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...all.slice(0, ROWS).map(row))),
    all.length > ROWS ? make("p", { class: "note", text: say("moreRows", all.length - ROWS) }) : null, ...notes);
}

export function chanceTables({ lottery, conflicts, sequential, panels }, words) {
  const { say } = words;
  // Over listed panels the chances are the panels'; those of the lottery are only there to compare.
  if (panels) return [table(say("chances"), panels.chances.map(({ experts }) => ({ members: experts })), panels.chances.map(({ chance }) => chance), words)];
  const chances = [];
  for (const level of lottery.levels) for (const cell of level.cells) chances[cell] = level.chance;
  const shift = conflicts.loose > 0n ? make("p", { class: "note", text: say("shift", conflicts.loose, text(conflicts.most_shift)) }) : null;
  const tables = [table(say("chances"), lottery.cells, chances, words, shift)];
  if (sequential) tables.push(table(say("sequential"), lottery.cells, sequential.chances, words, make("p", { class: "note", text: say("sequentialNote", sequential.runs) })));
  return tables;
}

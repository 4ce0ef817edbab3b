// JSON as certificates use it, read strictly: a name that comes twice in one record, which JSON.parse would pass over
// in silence so that a reader and a verifier see different values, is refused; so are numbers and deep nesting.

import { Flaw, insist } from "./flaw.js";

const DEPTH = 16;
const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(true|false|null)|(-?\d[^\s,\]}]*))/y;
const NAMED = { true: true, false: false, null: null };

export function parse(text) {
  const pattern = new RegExp(TOKEN.source, "y");
  pattern.lastIndex = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const line = () => text.slice(0, pattern.lastIndex).split("\n").length;
  let at = 0;
  const next = () => {
    at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) {
      pattern.lastIndex = at + text.slice(at).search(/\S|$/);
      throw new Flaw("not_json", line());
    }
    return found;
  };
  // The line is counted only when something is wrong: counting it at each mark would take the square of the length.
  const must = (holds) => {
    if (!holds) throw new Flaw("not_json", line());
  };
  const mark = (found, ...wanted) => must(wanted.includes(found[1]));

  function read(found, depth) {
    insist(depth <= DEPTH, "too_deep");
    if (found[2] !== undefined) return JSON.parse(found[2]);
    if (found[3] !== undefined) return NAMED[found[3]];
    insist(found[4] === undefined, "number_in_json", found[4]);
    mark(found, "{", "[");
    return found[1] === "[" ? readList(depth) : readRecord(depth);
  }

  function readList(depth) {
    const list = [];
    let found = next();
    if (found[1] === "]") return list;
    for (;;) {
      list.push(read(found, depth + 1));
      found = next();
      mark(found, ",", "]");
      if (found[1] === "]") return list;
      found = next();
    }
  }

  function readRecord(depth) {
    const fields = new Map();
    let found = next();
    while (found[1] !== "}") {
      must(found[2] !== undefined);
      const name = JSON.parse(found[2]);
      if (fields.has(name)) throw new Flaw("name_twice", name, line());
      mark(next(), ":");
      fields.set(name, read(next(), depth + 1));
      found = next();
      mark(found, ",", "}");
      if (found[1] === ",") {
        found = next();
        must(found[1] !== "}");
      }
    }
    return Object.fromEntries(fields);
  }

  const value = read(next(), 0);
  must(text.slice(pattern.lastIndex).trim() === "");
  return value;
}

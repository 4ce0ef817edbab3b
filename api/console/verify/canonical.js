// The canonical form of RFC 8785 for certificates: texts, lists, records, true, false and null.

import { insist } from "./flaw.js";
import { isUnicode } from "./form.js";
import { utf8 } from "./sha256.js";

const DEPTH = 12;

function write(value, depth) {
  insist(depth <= DEPTH, "too_deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    insist(isUnicode(value), "not_unicode", value);
    return JSON.stringify(value);
  }
  insist(typeof value === "object", "number_in_json", String(value));
  if (Array.isArray(value)) return `[${value.map((one) => write(one, depth + 1)).join(",")}]`;
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${write(name, depth)}:${write(value[name], depth + 1)}`).join(",")}}`;
}

export const canonical = (value) => utf8(write(value, 0));

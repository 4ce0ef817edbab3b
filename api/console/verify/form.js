// What stands in a certificate, read strictly: every field by its name and kind, nothing more and nothing less.

import { fraction, gcd } from "./fractions.js";
import { Flaw, insist } from "./flaw.js";
import { fromHex, utf8 } from "./sha256.js";

const DIGITS = 400;
const WHOLE = /^(0|[1-9][0-9]*)$/;
const ASCII = /^[\u0020-\u007e]*$/;
const SURROGATES = /[\ud800-\udfff]/;
const HEX = /^([0-9a-f]{2})*$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;

// The fields of an object, each read by its own reader.
export function record(value, readers, at) {
  insist(value !== null && typeof value === "object" && !Array.isArray(value), "not_a_record", at);
  for (const name of Object.keys(value)) insist(Object.prototype.hasOwnProperty.call(readers, name), "unknown_field", `${at}.${name}`);
  const read = {};
  for (const [name, reader] of Object.entries(readers)) {
    insist(Object.prototype.hasOwnProperty.call(value, name), "missing_field", `${at}.${name}`);
    read[name] = reader(value[name], `${at}.${name}`);
  }
  return read;
}

export const list = (reader) => (value, at) => {
  insist(Array.isArray(value), "not_a_list", at);
  return value.map((one, n) => reader(one, `${at}[${n}]`));
};

// Whether no half of a surrogate pair stands alone; most texts have none at all, which is quickly seen.
export const isUnicode = (value) => !SURROGATES.test(value) || !/\p{Surrogate}/u.test(value);

export function text(value, at) {
  insist(typeof value === "string", "not_text", at);
  insist(isUnicode(value), "not_unicode", at);
  return value;
}

export function id(value, at) {
  text(value, at);
  insist(value !== "", "empty", at);
  insist(ASCII.test(value) || value.normalize("NFC") === value, "not_nfc", at);
  return value;
}

export const oneOf = (...known) => (value, at) => {
  text(value, at);
  insist(known.includes(value), "not_known", at, value);
  return value;
};

function digits(value, at) {
  insist(WHOLE.test(value), "not_a_number", at);
  insist(value.length <= DIGITS, "too_long_a_number", at);
  return BigInt(value);
}

export function whole(value, at) {
  return digits(text(value, at), at);
}

// A whole number small enough to count with.
export function count(value, at) {
  const read = whole(value, at);
  insist(read <= BigInt(Number.MAX_SAFE_INTEGER), "too_long_a_number", at);
  return Number(read);
}

export function ratio(value, at) {
  const [top, bottom, more] = text(value, at).split("/");
  insist(more === undefined, "not_a_number", at);
  const p = digits(top, at);
  if (bottom === undefined) return fraction(p);
  const q = digits(bottom, at);
  insist(q > 1n && gcd(p, q) === 1n, "not_in_lowest_terms", at);
  return { p, q };
}

export function time(value, at) {
  insist(TIME.test(text(value, at)) && !Number.isNaN(Date.parse(value)), "not_a_time", at);
  return value;
}

// A time that compares: with all six decimals, as texts of one length.
export const instant = (value) => `${value.slice(0, 19)}.${value.slice(20, -1).padEnd(6, "0")}`;

export const bytes = (length) => (value, at) => {
  insist(HEX.test(text(value, at)) && value.length === 2 * length, "not_hex", at, length);
  return fromHex(value);
};

// "sha256:" or "ed25519:" and the hex digits; another algorithm is one that this verifier does not know.
export const tagged = (algorithm, length) => (value, at) => {
  const [tag, ...rest] = text(value, at).split(":");
  if (rest.length === 1 && tag !== algorithm && /^[a-z0-9-]+$/.test(tag)) throw new Flaw("not_known", at, tag);
  insist(tag === algorithm && rest.length === 1, "not_a_digest", at);
  return bytes(length)(rest[0], at);
};

export const nullOr = (reader) => (value, at) => (value === null ? null : reader(value, at));

// The number of a cell, slot or body, or null where the text is empty.
export const countOrNone = (value, at) => (value === "" ? null : count(value, at));

export function flag(value, at) {
  insist(typeof value === "boolean", "not_a_flag", at);
  return value;
}

// Hex digits of any number of bytes.
export function hex(value, at) {
  insist(HEX.test(text(value, at)), "not_hex", at, "");
  return fromHex(value);
}

export const digest = tagged("sha256", 32);

// UTF-8 bytes compare like code points, which JavaScript's own order of texts (UTF-16) does not.
export function before(a, b) {
  if (!SURROGATES.test(a) && !SURROGATES.test(b)) return a < b;
  const [left, right] = [utf8(a), utf8(b)];
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) if (left[i] !== right[i]) return left[i] < right[i];
  return left.length < right.length;
}

export function insistAscending(ids, at) {
  for (let n = 1; n < ids.length; n += 1) insist(before(ids[n - 1], ids[n]), "out_of_order", at, ids[n]);
}

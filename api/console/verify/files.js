// From what was dropped to certificates: public parts with the sealed part of each, if that was dropped too.

import { canonical } from "./canonical.js";
import { insist } from "./flaw.js";
import { parse } from "./json.js";
import { sha256, toHex } from "./sha256.js";

const SEALED = /^yidi\/draw-sealed\//;
const BATCH = /^yidi\/batch\//;
const LEAF = /^yidi\/leaf-proof\//;

// The parts in one file: alone, as { public, sealed }, as the service answers with one, or a list of any of these.
export function partsOf(text, name) {
  const parts = [];
  const take = (value) => {
    if (Array.isArray(value)) value.forEach(take);
    else if (value && typeof value === "object") {
      const format = typeof value.format === "string" ? value.format : "";
      if (BATCH.test(format)) parts.push({ kind: "batch", value, name });
      else if (LEAF.test(format)) parts.push({ kind: "leaf", value, name });
      else if (SEALED.test(format)) parts.push({ kind: "sealed", value, name });
      else if (format || value.commitment) parts.push({ kind: "public", value, name });
      else [value.public, value.certificate, value.sealed].forEach((inner) => inner && take(inner));
    }
  };
  take(parse(text));
  insist(parts.length > 0, "no_certificate");
  return parts;
}

const digestOf = (value) => {
  try {
    return `sha256:${toHex(sha256(canonical(value)))}`;
  } catch (_) {
    return null;
  }
};

// A sealed part goes with the certificate that names its digest, else with the one of its draw: step 6 says what differs.
export function pairs(parts) {
  const seen = new Set();
  const found = [];
  for (const { value, name } of parts.filter((part) => part.kind === "public")) {
    const digest = digestOf(value);
    if (digest !== null && seen.has(digest)) continue;
    seen.add(digest);
    found.push({ public: value, digest, sealed: null, names: [name] });
  }
  const left = [];
  for (const { value, name } of parts.filter((part) => part.kind === "sealed")) {
    const digest = digestOf(value);
    const own = found.find((one) => one.public.sealed_digest === digest)
      || found.find((one) => one.sealed === null && one.public.commitment && one.public.commitment.draw_id === value.draw_id);
    if (own) Object.assign(own, { sealed: value, names: [...new Set([...own.names, name])] });
    else left.push(name);
  }
  const distinct = (kind) => {
    const own = parts.filter((part) => part.kind === kind);
    return own.filter(({ value }, n) => own.findIndex((one) => digestOf(one.value) === digestOf(value)) === n);
  };
  return { certificates: found, left, batches: distinct("batch"), leaves: distinct("leaf") };
}

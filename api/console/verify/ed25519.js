// Ed25519 (RFC 8032): by WebCrypto where the browser knows it, else computed here, as old browsers and pages
// without TLS need. Only checks signatures, so nothing here is secret and nothing has to take constant time.

import { join } from "./sha256.js";
import { sha512 } from "./sha512.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x) => ((x % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square);
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT = power(2n, (P - 1n) / 4n);

// Points as (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z.
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = (y1 - x1) * (y2 - x2);
  const b = (y1 + x1) * (y2 + x2);
  const c = 2n * t1 * t2 * D;
  const d = 2n * z1 * z2;
  const [e, f, g, h] = [mod(b - a), mod(d - c), mod(d + c), mod(b + a)];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let result = [0n, 1n, 1n, 0n];
  for (let double = point, rest = scalar; rest > 0n; rest >>= 1n, double = add(double, double)) {
    if (rest & 1n) result = add(result, double);
  }
  return result;
}

function number(bytes) {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

// The point that 32 bytes stand for, or null.
function decode(bytes) {
  const whole = number(bytes);
  const odd = whole >> 255n;
  const y = whole & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT);
  if (mod(v * x * x) !== u || (x === 0n && odd)) return null;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const Y = mod(4n * power(5n, P - 2n));
const BASE = decode(Uint8Array.from({ length: 32 }, (_, i) => Number((Y >> BigInt(8 * i)) & 255n)));

export function holdsHere(key, message, signature) {
  const point = decode(key);
  const commitment = decode(signature.subarray(0, 32));
  const s = number(signature.subarray(32));
  if (!point || !commitment || s >= ORDER) return false;
  const k = number(sha512(join(signature.subarray(0, 32), key, message))) % ORDER;
  const left = times(s, BASE);
  const right = add(commitment, times(k, point));
  return mod(left[0] * right[2] - right[0] * left[2]) === 0n && mod(left[1] * right[2] - right[1] * left[2]) === 0n;
}

export async function signatureHolds(key, message, signature) {
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch (_) {
    return holdsHere(key, message, signature);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
}

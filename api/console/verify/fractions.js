// Exact fractions p/q, q > 0 and in lowest terms.

export function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

export function fraction(p, q = 1n) {
  const shared = gcd(p, q);
  return { p: p / shared, q: q / shared };
}

export const ZERO = { p: 0n, q: 1n };
export const ONE = { p: 1n, q: 1n };
export const whole = (n) => ({ p: BigInt(n), q: 1n });
export const plus = (a, b) => (a.q === b.q ? fraction(a.p + b.p, a.q) : fraction(a.p * b.q + b.p * a.q, a.q * b.q));
export const minus = (a, b) => plus(a, { p: -b.p, q: b.q });
export const times = (a, b) => fraction(a.p * b.p, a.q * b.q);
export const over = (a, n) => fraction(a.p, a.q * n);
export const equal = (a, b) => a.p === b.p && a.q === b.q;
export const less = (a, b) => a.p * b.q < b.p * a.q;
export const sum = (all) => all.reduce(plus, ZERO);
export const text = ({ p, q }) => (q === 1n ? String(p) : `${p}/${q}`);

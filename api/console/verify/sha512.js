// SHA-512 (FIPS 180-4), for signatures where the browser has no WebCrypto.

const MASK = (1n << 64n) - 1n;
const PRIMES = [];
for (let n = 2n; PRIMES.length < 80; n += 1n) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);

// The first 64 bits after the point of the k-th root of n: found by halving, exact.
function fraction(n, k) {
  const target = n << (64n * k);
  let low = 0n;
  let high = n << 64n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** k <= target) low = middle;
    else high = middle;
  }
  return low & MASK;
}

const START = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2n));
const ROUND = PRIMES.map((prime) => fraction(prime, 3n));
const turn = (x, by) => ((x >> by) | (x << (64n - by))) & MASK;

export function sha512(message) {
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const state = [...START];
  for (let at = 0; at < padded.length; at += 128) {
    const words = [];
    for (let i = 0; i < 80; i += 1) {
      if (i < 16) {
        words.push(view.getBigUint64(at + 8 * i));
        continue;
      }
      const [x, y] = [words[i - 15], words[i - 2]];
      const low = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n);
      const high = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n);
      words.push((words[i - 16] + low + words[i - 7] + high) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i += 1) {
      const high = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const one = h + high + ((e & f) ^ (~e & MASK & g)) + ROUND[i] + words[i];
      const low = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
      const two = low + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) & MASK; });
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => digest.setBigUint64(8 * i, word));
  return new Uint8Array(digest.buffer);
}

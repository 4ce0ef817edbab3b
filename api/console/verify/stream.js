// Random numbers from a seed: blocks H(seed ‖ i), read as one run of bytes ("Stream" of docs/certificate.md).

import { ZERO, sha256, toHex, utf8 } from "./sha256.js";

export class Stream {
  constructor(seed) {
    this.seed = seed;
    this.block = new Uint8Array();
    this.at = 0;
    this.next = 0n;
  }

  byte() {
    if (this.at === this.block.length) {
      const counter = new DataView(new ArrayBuffer(8));
      counter.setBigUint64(0, this.next);
      this.block = sha256(this.seed, new Uint8Array(counter.buffer));
      this.next += 1n;
      this.at = 0;
    }
    this.at += 1;
    return this.block[this.at - 1];
  }

  below(n) {
    const bits = n > 1n ? (n - 1n).toString(2).length : 0;
    const mask = (1n << BigInt(bits)) - 1n;
    for (;;) {
      let number = 0n;
      for (let taken = 0; taken < bits; taken += 8) number = (number << 8n) | BigInt(this.byte());
      number &= mask;
      if (number < n) return number;
    }
  }
}

// What the seed puts in order, by the hash of each one's name.
export function byTicket(seed, all, nameOf) {
  const ticket = (name) => toHex(sha256(utf8("yidi/order/1"), ZERO, seed, utf8(name)));
  return all.map((one) => [ticket(nameOf(one)), one]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

export const again = (seed) => sha256(utf8("yidi/again/1"), ZERO, seed);

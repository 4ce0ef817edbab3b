// Why a certificate is refused: a code, which words.js turns into a sentence, and the facts that go into it.

export class Flaw extends Error {
  constructor(code, ...facts) {
    super(`${code}: ${facts.join(", ")}`);
    this.code = code;
    this.facts = facts;
  }
}

export function insist(condition, code, ...facts) {
  if (!condition) throw new Flaw(code, ...facts);
}

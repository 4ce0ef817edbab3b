// An expert's proof that the frozen pool held the own row ("A leaf proof" of docs/certificate.md).

import { Flaw, insist } from "./flaw.js";
import * as form from "./form.js";
import { leafOf, rootOfPath } from "./pool.js";
import { readRow } from "./sealed.js";
import { toHex } from "./sha256.js";

const PROOF = {
  format: form.oneOf("yidi/leaf-proof/1"), draw_id: form.id, index: form.whole, path: form.list(form.bytes(32)), row: readRow, salt: form.bytes(32),
};

// What the proof says when it holds: { row, chance, estimate }, the chances null for who was not eligible.
function checkLeaf(given, { facts }) {
  const { commitment } = facts;
  const proof = form.record(given, PROOF, "proof");
  insist(proof.draw_id === commitment.draw_id, "proof_of_another_draw", proof.draw_id);
  insist(proof.index < commitment.pool.size, "leaf_out_of_tree", proof.index, commitment.pool.size);
  const root = rootOfPath(leafOf(proof.row, toHex(proof.salt)), proof.index, commitment.pool.size, proof.path);
  insist(root !== null && toHex(root) === toHex(commitment.pool.root), "leaf_is_not_in_the_pool");
  const { cell } = proof.row;
  insist(cell === null || cell < commitment.lottery.cells.length, "no_such_cell", cell);
  const level = cell === null ? null : commitment.lottery.levels.find((one) => one.cells.includes(cell));
  return { row: proof.row, chance: level && level.chance, estimate: level && commitment.sequential && commitment.sequential.chances[cell] };
}

// The proof against the certificate of its draw, if that is here and holds by itself: { state, flaw, found }.
export function verifyLeaf(given, checked) {
  const own = checked.find((one) => one.facts.commitment.draw_id === given.draw_id);
  if (!own) return { state: "closed", flaw: null, found: null };
  try {
    return { state: "holds", flaw: null, found: checkLeaf(given, own) };
  } catch (flaw) {
    return { state: "broken", flaw: flaw instanceof Flaw ? flaw : new Flaw("unreadable", String(flaw && flaw.message)), found: null };
  }
}

// Alterations of a certificate, for whoever wants to see them found. Each changes a copy, or gives null if it cannot.

const copy = (value) => JSON.parse(JSON.stringify(value));
const HEX = /^[0-9a-f]+$/;

const swapDigit = (text) => {
  const last = text[text.length - 1];
  return `${text.slice(0, -1)}${last === "0" ? "1" : "0"}`;
};

const FORGERIES = {
  member: ({ sealed }) => {
    const seated = new Set(sealed.panel.map((one) => one.expert_id));
    const other = sealed.pool.find(([id, , , , verdict]) => /^\d+$/.test(verdict) && !seated.has(id));
    if (!other || sealed.panel.length === 0) return false;
    [sealed.panel[0].expert_id] = other;
    return true;
  },
  pool: ({ sealed }) => {
    const like = sealed.pool.filter(([, , , , verdict]) => /^\d+$/.test(verdict)).pop();
    if (!like) return false;
    sealed.pool.push([`${sealed.pool[sealed.pool.length - 1][0]}-friend`, ...like.slice(1)]);
    return true;
  },
  seed: ({ sealed }) => {
    if (!HEX.test(sealed.seed)) return false;
    sealed.seed = swapDigit(sealed.seed);
    return true;
  },
  chance: (pair) => {
    const [level] = pair.public.commitment.lottery.levels;
    if (!level) return false;
    level.chance = level.chance === "1/2" ? "1/3" : "1/2";
    return true;
  },
  seats: (pair) => {
    const [slot] = pair.public.commitment.slots;
    slot.most = String(BigInt(slot.most) + 1n);
    pair.public.commitment.seats = String(BigInt(pair.public.commitment.seats) + 1n);
    pair.public.drawn = String(BigInt(pair.public.drawn) + 1n);
    return true;
  },
};

const OF_THE_SEALED = ["member", "pool", "seed"];

export const forgeriesOf = ({ sealed }) => Object.keys(FORGERIES).filter((name) => sealed || !OF_THE_SEALED.includes(name));

export function forge(name, { public: given, sealed }) {
  const pair = { public: copy(given), sealed: sealed && copy(sealed) };
  try {
    return FORGERIES[name](pair) ? pair : null;
  } catch (_) {
    return null;
  }
}

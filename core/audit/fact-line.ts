import type { Fact } from "#core/events/fact-decoder";

/** `iron-plate=12` for each total; at most `KEYS_SHOWN`, so that a line stays a line. */
const KEYS_SHOWN = 6;

const short = (resource: string): string => (resource.startsWith("item:") ? resource.slice("item:".length) : resource);

const vector = (name: string, totals: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(totals);
  if (entries.length === 0) return "";
  const shown = entries.slice(0, KEYS_SHOWN).map(([key, n]) => `${short(key)}=${n}`);
  const more = entries.length > KEYS_SHOWN ? [`and ${entries.length - KEYS_SHOWN} more`] : [];
  return `${name} ${[...shown, ...more].join(" ")}`;
};

const factText = (fact: Fact): string => {
  const { data } = fact;
  const totals = [vector("exported", data.exported), vector("received", data.received)];
  switch (fact.type) {
    case "world-synced": {
      const { prev, token, owner, untakeable } = fact.data;
      const after = prev === "" ? "the first" : `after ${prev}`;
      return [
        `session ${token}, ${after}, by ${owner}`,
        ...totals,
        vector("wanted", fact.data.wanted),
        untakeable.length === 0 ? "" : `can't take ${untakeable.map(short).join(" ")}`,
      ]
        .filter((text) => text !== "")
        .join("; ");
    }
    case "world-reported": {
      const all = [...totals, vector("wanted", fact.data.wanted)].filter((text) => text !== "");
      const whole = fact.data.full === true ? ["whole"] : [];
      return [...whole, ...(all.length === 0 ? ["nothing new"] : all)].join("; ");
    }
    case "world-adopted":
      return [`it was ${fact.data.parent}`, ...totals].filter((text) => text !== "").join("; ");
    case "world-left":
      return ["session ended", ...totals].filter((text) => text !== "").join("; ");
  }
};

/** One fact as a line, its time aside. */
export const factLine = (fact: Fact): string =>
  `${`${fact.slave}/${fact.instance}`.padEnd(14)}  ${fact.type.padEnd(14)}  ${fact.data.world.padEnd(10)}  tick ${fact.data.tick}: ${factText(fact)}`;

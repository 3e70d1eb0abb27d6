/** Times of players, for people. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** "3 d 4 h", "12 min", "0 min". */
export const spanText = (ms: number): string => {
  const parts: string[] = [];
  let left = ms;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 min";
};

export const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

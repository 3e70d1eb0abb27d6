/** Bytes for people: one way of writing them everywhere, in powers of two, as disks, limits and `ls -h` count. */
const KIB = 1024;
const UNITS = ["KiB", "MiB", "GiB", "TiB"] as const;
/** From there on one digit behind the point hides what a person looks for. */
const DIGITS = [1, 1, 2, 2] as const;

export const sizeText = (bytes: number): string => {
  if (bytes < KIB) return `${Math.round(bytes)} B`;
  let at = 0;
  let value = bytes / KIB;
  while (value >= KIB && at < UNITS.length - 1) {
    value /= KIB;
    at++;
  }
  return `${value.toFixed(DIGITS[at])} ${UNITS[at]}`;
};

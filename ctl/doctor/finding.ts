import { sizeText } from "#core/terminal/size";

/** What doctor finds: each with what to do about it. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "look" | "wrong";
  readonly what: string;
  /** Left out when all is well. */
  readonly remedy?: string;
}

export const ok = (check: string, what: string): Finding => ({ check, state: "ok", what });
export const look = (check: string, what: string, remedy: string): Finding => ({ check, state: "look", what, remedy });
export const wrong = (check: string, what: string, remedy: string): Finding => ({
  check,
  state: "wrong",
  what,
  remedy,
});

export const findingLines = ({ check, state, what, remedy }: Finding): string[] => [
  `${{ ok: "ok   ", look: "look ", wrong: "WRONG" }[state]} ${check.padEnd(14)} ${what}`,
  ...(remedy === undefined ? [] : [`                     ${remedy}`]),
];

const DAY_MS = 86_400_000;
/** A month is enough to notice, and to wait for the next maintenance. */
const SOON_DAYS = 30;

/** Something that ends: a certificate, credentials. */
export const endOf = (check: string, what: string, end: { until: number; now: number; remedy: string }): Finding => {
  const days = Math.floor((end.until - end.now) / DAY_MS);
  const date = new Date(end.until).toISOString().slice(0, 10);
  if (end.until <= end.now) return wrong(check, `${what} ended on ${date}`, end.remedy);
  if (days < SOON_DAYS) return look(check, `${what} ends in ${days} days, on ${date}`, end.remedy);
  return ok(check, `${what} is good until ${date}`);
};

/** Facts are ordered by the broker's clock; people compare logs. */
const SKEW_MS_LOOK = 2_000;
const SKEW_MS_WRONG = 60_000;

export const clockFinding = (skewMs: number): Finding => {
  const seconds = (Math.abs(skewMs) / 1_000).toFixed(1);
  const what = `this machine's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the broker's`;
  const remedy = "let both machines take their time from a time server (timedatectl set-ntp true)";
  if (Math.abs(skewMs) > SKEW_MS_WRONG)
    return wrong("clocks", what, `${remedy}: certificates and tokens end at the wrong time`);
  return Math.abs(skewMs) > SKEW_MS_LOOK ? look("clocks", what, remedy) : ok("clocks", what);
};

/** What streams may come to take, and a share for everything else. */
const FREE_BYTES_WRONG = 256 * 1024 ** 2;
const FREE_BYTES_LOOK = 4 * 1024 ** 3;

export const diskFinding = (path: string, freeBytes: number): Finding => {
  const what = `${sizeText(freeBytes)} free at ${path}`;
  const remedy = "make room: nats-server writes nothing more to a stream that met a full disk until it starts again";
  if (freeBytes < FREE_BYTES_WRONG) return wrong("disk", what, remedy);
  return freeBytes < FREE_BYTES_LOOK ? look("disk", what, remedy) : ok("disk", what);
};

const DAYS_LEFT_LOOK = 14;
const DAYS_LEFT_WRONG = 2;

export const ledgerFinding = (ledger: {
  bytes: number;
  bytesMax?: number | undefined;
  daysLeft?: number | undefined;
}): Finding => {
  const { bytes, bytesMax, daysLeft } = ledger;
  const share = bytesMax === undefined ? "" : ` of ${sizeText(bytesMax)}`;
  const what = `${sizeText(bytes)}${share}${daysLeft === undefined ? "" : `, full in ${daysLeft.toFixed(1)} days`}`;
  const remedy = "clusterio ledger archive --purge DIR, or raise the stream's max_bytes";
  if ((daysLeft ?? Number.POSITIVE_INFINITY) < DAYS_LEFT_WRONG || (bytesMax !== undefined && bytes >= 0.95 * bytesMax))
    return wrong("ledger", what, remedy);
  if ((daysLeft ?? Number.POSITIVE_INFINITY) < DAYS_LEFT_LOOK || (bytesMax !== undefined && bytes >= 0.7 * bytesMax))
    return look("ledger", what, remedy);
  return ok("ledger", what);
};

/**
 * What an operator should look at. Each alarm names the section of the operations guide that says what to do; a test holds
 * that the sections are there.
 */
export const ALARM_SECTIONS = [
  "world-rewound",
  "rewind-held",
  "rewind-rejected",
  "session-lapsed",
  "ledger-recovered",
  "events-lost",
  "ledger-cut",
  "ledger-full",
  "ledger-damaged",
  "ledger-void",
  "snapshot",
  "broker-away",
  "access",
  "slave-floods",
  "credentials-end",
  "people",
] as const;
export type AlarmSection = (typeof ALARM_SECTIONS)[number];

export const GUIDE = "docs/operations.md";

/** One line: what happened, to what, and where it says what to do. */
export const alarmText = (section: AlarmSection, what: string): string => `${what} (${GUIDE}#${section})`;

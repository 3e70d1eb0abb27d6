import { audit } from "#bench/figures/audit";
import { auditSize } from "#bench/figures/audit-size";

/** A fresh machine fetches a nats-server first. */
const MS_MAX = 120_000;

test(
  "a stored ledger is audited in a real stream and compared with only reading it",
  async () => {
    const [figure] = await audit({ messages: 400, rounds: 1 });
    expect(figure).toMatchObject({ name: "audit", unit: "/s", reference: { unit: "/s" } });
    expect(figure?.value).toBeGreaterThan(0);
    expect(figure?.reference.value).toBeGreaterThan(figure!.value);
  },
  MS_MAX,
);

test(
  "what an audit takes is measured in a process of its own, beside a part of the same ledger",
  async () => {
    const figures = await auditSize({ messages: 400, part: 100, checkpointEvery: 50 });
    expect(figures.map(({ name, unit }) => [name, unit])).toEqual([
      ["audit-size", "s"],
      ["audit-size", "s"],
      ["audit-size", "MB"],
    ]);
    for (const { value, reference } of figures) expect(Math.min(value, reference.value)).toBeGreaterThan(0);
  },
  MS_MAX,
);

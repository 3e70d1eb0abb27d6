import { audit } from "#bench/figures/audit";

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

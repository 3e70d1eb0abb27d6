import { fold } from "#bench/figures/fold";

/** A fresh machine fetches a nats-server first. */
const MS_MAX = 120_000;

test(
  "stored facts are read from a real stream, folded, and compared with only reading them",
  async () => {
    const [figure] = await fold({ facts: 300, worlds: 5, rounds: 1 });
    expect(figure).toMatchObject({ name: "fold", unit: "/s", aim: { value: 30_000 }, ratioAim: { value: 0.5 } });
    expect(figure?.value).toBeGreaterThan(0);
    expect(figure?.reference.value).toBeGreaterThan(0);
  },
  MS_MAX,
);

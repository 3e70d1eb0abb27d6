import { spaceOf } from "#test/e2e/chaos/kit/cluster";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { hasNetworkSpaces, proxyWire, spaceWire, type Wire } from "#test/e2e/chaos/kit/wire";
import { until } from "#test/kit/until";

const SPACES = hasNetworkSpaces();
const HOW = SPACES ? "network name spaces" : "a proxy, since there are no network name spaces here";
const CUTTABLE = ["p1", "p2", "beta"] as const;
const wires = new Map<string, Wire>();

const { scenario } = useChaos({
  prepare: async (folder) => {
    for (const [number, name] of CUTTABLE.entries())
      wires.set(name, SPACES ? await spaceWire(spaceOf(folder), number) : await proxyWire());
  },
  natsUrlFor: (daemon, url) => wires.get(daemon)?.url(url) ?? url,
  prefixFor: (daemon) => wires.get(daemon)?.prefix ?? [],
});
afterAll(() => Promise.all([...wires.values()].map((wire) => wire.close())));

scenario(`a bridge is cut off from nats-server and comes back (${HOW})`, async (chaos) => {
  const wire = wires.get("beta")!;
  wire.cut();
  chaos.note("beta is cut off");
  await chaos.daemons.beta.says("copper is unlinked");
  wire.heal();
  await chaos.flowing("after the cut");
});

scenario(`the leader is cut off, the standby takes over, and the first one comes back (${HOW})`, async (chaos) => {
  const first = await chaos.leader();
  const cut = await chaos.leading();
  wires.get(cut.name)!.cut();
  chaos.note(`${cut.name} is cut off`);
  const another = () =>
    chaos.client.cluster().then(
      ({ leader }) => leader !== first,
      () => undefined,
    );
  await until(another, { timeoutMs: 60_000, what: "the standby leads" });
  await chaos.flowing("under the standby");
  wires.get(cut.name)!.heal();
  await cut.says(/"role":"leader"[\s\S]*"role":"standby"/, 60_000);
});

scenario(`both projectors and a bridge are cut off at once (${HOW})`, async (chaos) => {
  for (const wire of wires.values()) wire.cut();
  chaos.note("all three are cut off");
  await chaos.daemons.alpha.says(/iron is unlinked/);
  for (const wire of wires.values()) wire.heal();
});

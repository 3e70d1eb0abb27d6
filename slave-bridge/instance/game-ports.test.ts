import { choosePorts, type PortsWanted, type TakenPort } from "#bridge/instance/game-ports";
import { north, scene, settle } from "#bridge/test/bridge-scene";
import { parsePortRange } from "#core/port-range";

type State = "free" | "in-use" | "no-right";

const network = (states: Readonly<Record<number, State>> = {}, mayBindLow = false) => {
  let next = 50_000;
  return {
    portState: async (_kind: "game" | "rcon", _address: string, port: number) => states[port] ?? "free",
    mayBindLow: async () => mayBindLow,
    freePorts: async () => ({ game: next++, rcon: next++ }),
  };
};
const wanted = (over: Partial<PortsWanted> = {}): PortsWanted => ({
  ...{ gameAddress: "0.0.0.0", config: {}, taken: [], binary: "/opt/factorio", ...over },
});
const taken = (kind: TakenPort["kind"], port: number): TakenPort => ({ kind, port, by: "south" });
const range = { from: 34_197, to: 34_199 };

test("what nothing is said of is free, and not what another instance is to have", async () => {
  expect(await choosePorts(network(), wanted())).toEqual({ game: 50_000, rcon: 50_001 });
  const others = [taken("game", 50_000), taken("rcon", 50_003)];
  expect(await choosePorts(network(), wanted({ taken: others }))).toEqual({ game: 50_004, rcon: 50_005 });
});

test("from 1024 on no right helps where there is none", async () => {
  const asked = choosePorts(network({ 2000: "no-right" }, true), wanted({ config: { ports: { game: 2_000 } } }));
  await expect(asked).rejects.toMatchObject({ code: "bad-input" });
});

test("a slave's range is gone through, past what is taken or in use; a full one says so", async () => {
  const all = { range, taken: [taken("game", 34_197), taken("rcon", 34_199)] };
  expect(await choosePorts(network({ 34198: "in-use" }), wanted(all))).toMatchObject({ game: 34_199 });
  await expect(choosePorts(network({ 34198: "in-use", 34199: "in-use" }), wanted(all))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/no UDP port of 34197 to 34199 is free .*game-ports/),
  });
});

test("a fixed port is had, or the reason named: another instance, another process, a missing right", async () => {
  const fixed = (game: number, over: Partial<PortsWanted> = {}) =>
    wanted({ config: { ports: { game } }, range, ...over });
  expect(await choosePorts(network(), fixed(5_000))).toMatchObject({ game: 5_000 });
  const refusal = (states: Record<number, State>, order: PortsWanted, low = false) =>
    choosePorts(network(states, low), order).then(
      () => "had",
      (error) => `${error.code}: ${error.message}`,
    );
  expect(await refusal({}, fixed(5_000, { taken: [taken("game", 5_000)] }))).toMatch(/^refused: .* that of south/);
  expect(await refusal({}, fixed(5_000, { taken: [taken("rcon", 5_000)] }))).toBe("had");
  expect(await refusal({ 5000: "in-use" }, fixed(5_000))).toMatch(/^unavailable: .* another process/);
  expect(await refusal({ 80: "no-right" }, fixed(80))).toMatch(
    /^bad-input: .*setcap cap_net_bind_service=\+ep \/opt\/factorio, or set a port of 1024/,
  );
  expect(await refusal({ 80: "no-right" }, fixed(80), true)).toBe("had");
  const both = wanted({ config: { ports: { game: 5_000, rcon: 5_000 } } });
  expect(await choosePorts(network(), both)).toEqual({ game: 5_000, rcon: 5_000 });
});

test.each(["34197-34296", "1-65535", "7-7"])("%s is a range", (text) => expect(parsePortRange(text)).toBeDefined());
test.each(["34197", "5-4", "0-9", "1-65536", "a-b", ""])("%j is none", (text) => {
  expect(parsePortRange(text)).toBeUndefined();
});

test("an operator's start is refused at once while a port is taken, and nothing is half done", async () => {
  const { machine, master, open, command, telemetry, advance } = scene();
  const { bridge } = await open();
  master.config = { ...master.config, ports: { game: 34_197, rcon: 27_015 } };
  master.state(north);
  await settle();
  machine.ports.set(34_197, "in-use");
  expect(await command("start")).toMatchObject({
    error: { code: "unavailable", message: expect.stringMatching(/34197/) },
  });
  expect([bridge.runner(north)?.phase, bridge.runner(north)?.record.desired]).toEqual(["stopped", "stopped"]);
  machine.ports.clear();
  expect(await command("start")).toMatchObject({ ok: {} });
  await advance(1_000);
  expect(machine.alive[0]?.args).toEqual(expect.arrayContaining(["34197", "127.0.0.1:27015"]));
  expect(telemetry.at(-1)).toMatchObject({ ports: { game: 34_197, rcon: 27_015 } });
  await bridge.close();
});

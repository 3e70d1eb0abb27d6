import { Bridge } from "#bridge/bridge";
import type { BridgeSettings, Ports } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMachine } from "#bridge/test/fake-game";
import { FakeMaster } from "#bridge/test/fake-master";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { auditEntry, type InstanceTelemetry, instanceTelemetry } from "#core/events/telemetry";
import { instanceId, slaveId, userId, worldId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { subjects } from "#core/subjects";

export const slave = slaveId("home");
export const north = instanceId("north");
export const ann = userId("ann");
export const world = worldId({ instance: north, generation: 1 });
export const IRON = "item:iron-plate";
export const FOLDER = "/data/instances/north";

/** Lets everything that waits for nothing but its turn come to rest. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A slave's machine, disk and network, on which bridges come and go. */
export const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const disk = new MemoryDisk();
  const machine = new FakeMachine(clock, disk);
  const master = new FakeMaster(broker.connect(), slave, clock);
  const log: string[] = [];
  const telemetry: InstanceTelemetry[] = [];
  const audit: string[] = [];
  const outside = broker.connect();
  outside.subscribe(subjects.telemetry(slave, north), ({ data }) =>
    telemetry.push(decodeJson(instanceTelemetry, data, "telemetry")),
  );
  outside.subscribe(subjects.audit(slave, north), ({ data }) => {
    const entry = decodeJson(auditEntry, data, "audit");
    audit.push(`${entry.user} ${entry.verb} ${entry.outcome}`);
  });
  const settings: BridgeSettings = {
    slave,
    dir: "/data",
    install: { name: "fake", command: "factorio", args: [], readData: "/factorio/data", version: "2.1.9", line: "2.1" },
    mods: machine.mods,
    gameAddress: "127.0.0.1",
    limits: LIMITS,
    version: "0.1.0",
  };
  let opened = 0;
  const open = async (): Promise<{ bridge: Bridge; bus: ReturnType<MemoryBroker["connect"]> }> => {
    const bus = broker.connect();
    const random = new SeededRandom(++opened);
    const journal: Ports["journal"] = (_level, message) => void log.push(message);
    const ports: Ports = { clock, random, disk, bus, facts: bus, game: machine.game(), journal };
    const bridge = await Bridge.open(settings, ports);
    await settle();
    return { bridge, bus };
  };
  const advance = async (ms: number) => {
    await clock.advanceSettling(ms, settle);
    await settle();
  };
  const command = async (verb: string, data: object = {}, headers?: Record<string, string>) => {
    const subject = subjects.command(ann, slave, north, verb);
    if (headers !== undefined) {
      broker.send({ subject, data: encodeJson(data), headers, reply: "_INBOX.x" });
      return settle();
    }
    const asked = outside.request(subject, encodeJson(data), 60_000);
    await settle();
    const result = await asked;
    if (result.kind !== "answer") throw new Error(result.kind);
    return decodeJson(answer, result.data, "answer");
  };
  /** The instance is assigned, started, linked. */
  const linked = async () => {
    const { bridge, bus } = await open();
    expect(await command("start")).toMatchObject({ ok: {} });
    await advance(2_000);
    master.state(north);
    await advance(500);
    expect(bridge.runner(north)?.telemetry()).toMatchObject({ state: "running", linked: true, world });
    // Told at the next tick, not only every five seconds.
    expect(telemetry.at(-1)).toMatchObject({ linked: true });
    return { bridge, bus };
  };
  return {
    clock,
    broker,
    disk,
    machine,
    master,
    log,
    telemetry,
    audit,
    open,
    advance,
    command,
    linked,
    outside,
    settings,
  };
};

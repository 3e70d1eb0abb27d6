import { slice } from "#bench/load/catalogue";
import type { Boot } from "#core/boot";
import type { Fact } from "#core/events/fact-decoder";
import type { LedgerBody } from "#core/events/ledger";
import { seal } from "#core/events/ledger-codec";
import { decide } from "#core/fold/decide";
import { confirm, evolve } from "#core/fold/evolve";
import { evolveFact } from "#core/fold/evolve-fact";
import { imageOf, prepareAtOnce } from "#core/fold/image";
import { newState, type State } from "#core/fold/state";
import { type InstanceId, instanceId, slaveId, type WorldId, worldId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";

/** A ledger as a busy cluster leaves it: each round two worlds export, and four that want more than there is are granted. */
const BOOT = "mabcdefgh-abcd" as Boot;
const SLAVE = slaveId("slave-0");
const WORLDS = 12;
const KEYS = 20;
const ROUND_MS = 50;
const BEGUN = Date.UTC(2026, 0, 1);
/** Of WORLDS: those that export, and those that import. */
const EXPORTERS = 4;

export interface StoredLedgerMessage {
  readonly subject: string;
  readonly data: Uint8Array;
}

class Scribe {
  readonly state: State = newState();
  readonly keys = slice(0, KEYS);
  readonly worlds = Array.from({ length: WORLDS }, (_, n) => {
    const instance = instanceId(`instance-${n}`);
    return { instance, world: worldId({ instance, generation: 1 }), token: `token${String(n).padStart(8, "0")}` };
  });
  now = BEGUN;

  write(body: LedgerBody): StoredLedgerMessage {
    const { message, hash, subject, bytes } = seal(this.state, { boot: BOOT, now: this.now }, body);
    if (message.type === "round") confirm(this.state, message, hash);
    else evolve(this.state, message, hash);
    return { subject, data: bytes };
  }

  fold(n: number, type: "world-synced" | "world-reported", data: object): void {
    const { instance, world, token } = this.worlds[n]!;
    const base = { world, token, epoch: 1, tick: 1, exported: {}, received: {}, wanted: {} };
    const fact = { type, data: { ...base, ...data }, id: `${BOOT}-1`, slave: SLAVE, instance };
    // Made here, of the shape that the decoder proves.
    const outcome = evolveFact(this.state, fact as unknown as Fact, this.now);
    if (outcome !== "applied") throw new Error(`${world}: ${outcome}`);
  }

  accountOf(n: number, key: (typeof this.keys)[number]) {
    return this.state.worlds.get(this.worlds[n]!.world as WorldId)?.accounts.get(key);
  }
}

const checkpoint = function* (scribe: Scribe): Generator<StoredLedgerMessage> {
  const { parts, stateHash } = prepareAtOnce(imageOf(scribe.state));
  for (const [index, image] of parts.entries())
    yield scribe.write({ type: "checkpoint", data: { part: index + 1, parts: parts.length, stateHash, image } });
};

/** The first `count` messages or a few more, the same for the same numbers; with a checkpoint behind every so many rounds. */
export function* storedLedger(count: number, checkpointEvery = count): Generator<StoredLedgerMessage> {
  const scribe = new Scribe();
  const random = new SeededRandom(1);
  let made = 0;
  for (const [n, { instance }] of scribe.worlds.entries()) {
    const config = { name: instance, seed: n, autosaveSeconds: 0 };
    yield scribe.write({ type: "instance-created", data: { user: "op", instance, config } });
    const assigned = { user: "op", instance: instance as InstanceId, slave: SLAVE, epoch: 1, void: `~x.${n}` };
    yield scribe.write({ type: "instance-assigned", data: assigned });
    const session = { prev: scribe.state.worlds.get(scribe.worlds[n]!.world)?.token ?? "", owner: BOOT, seed: n };
    scribe.fold(n, "world-synced", { ...session, untakeable: [], heard: "" });
    yield scribe.write({ type: "round", data: decide(scribe.state, scribe.now, true)! });
    made += 3;
  }
  for (let seq = 1; made < count; ) {
    const key = scribe.keys[random.below(KEYS)]!;
    for (const n of [random.below(EXPORTERS), random.below(EXPORTERS)]) {
      const total = (scribe.accountOf(n, key)?.exported ?? 0) + 1 + random.below(50);
      scribe.fold(n, "world-reported", { seq: seq++, exported: { [key]: total } });
    }
    for (let turn = 0; turn < 4; turn++) {
      const n = EXPORTERS + random.below(WORLDS - EXPORTERS);
      const received = scribe.accountOf(n, key)?.allocated ?? 0;
      scribe.fold(n, "world-reported", { seq: seq++, received: { [key]: received }, wanted: { [key]: 400 } });
    }
    scribe.now += ROUND_MS;
    const data = decide(scribe.state, scribe.now, true);
    if (data === undefined) continue;
    yield scribe.write({ type: "round", data });
    made++;
    if (made % checkpointEvery > 0) continue;
    for (const message of checkpoint(scribe)) {
      yield message;
      made++;
    }
  }
}

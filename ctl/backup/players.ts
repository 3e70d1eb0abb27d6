import { z } from "zod";
import { sha256 } from "#core/digest";
import { corrupt, unavailable } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import { decodePlayerFact, type PlayerLeft } from "#core/people/facts";
import type { Bus } from "#core/ports/bus";
import { type Clock, pause } from "#core/ports/clock";
import type { Log } from "#core/ports/log";
import { parseEventSubject } from "#core/subjects";
import { type Held, heldBy, readLines, writeLines } from "#ctl/backup/lines";
import type { Manifest } from "#ctl/backup/manifest";
import type { Plan, Where } from "#ctl/backup/plan";

/**
 * Comings and goings of players in a backup, and back into PLAYERS. A stay that ended is whole by itself and counts once (PB1), so
 * those that the stream lacks are put behind what it holds. One that had not ended is its bridge's to tell.
 */
const FILE = "players.jsonl.gz";

const line = z.object({
  subject: z.string().max(200),
  /** The broker's, of the message: no stay ends after it (PB3). */
  time: shape.count,
  data: z.record(z.string(), z.unknown()),
});
type Line = z.infer<typeof line>;

const factIn = ({ subject, data }: Line) => {
  const from = parseEventSubject(subject);
  return from === undefined ? undefined : decodePlayerFact(from, encodeJson(data));
};

export const keepPlayers = async (log: Held, { path }: Where, signal: AbortSignal): Promise<Manifest["players"]> => {
  const kept = { facts: 0, stays: 0, to: 0, tip: "" };
  const facts = async function* () {
    for await (const { seq, subject, time, data } of heldBy(log, signal)) {
      const from = parseEventSubject(subject);
      const fact = from === undefined ? undefined : decodePlayerFact(from, data);
      // What no master counts is not kept.
      if (fact === undefined) continue;
      kept.facts++;
      if (fact.type === "player-left") kept.stays++;
      [kept.to, kept.tip] = [seq, sha256(data)];
      yield { subject, time, data: JSON.parse(new TextDecoder().decode(data)) };
    }
  };
  const file = await writeLines(facts(), { path: path(FILE), file: FILE });
  return { file, ...kept };
};

export const verifyPlayers = async (of: NonNullable<Manifest["players"]>, path: string): Promise<void> => {
  let [facts, stays] = [0, 0];
  for await (const one of readLines(path, line)) {
    const fact = factIn(one);
    if (fact === undefined) throw corrupt(`${path} is damaged: line ${facts + 1} is no fact about a player`);
    facts++;
    if (fact.type === "player-left") stays++;
  }
  if (facts !== of.facts || stays !== of.stays)
    throw corrupt(`${path} has ${facts} facts of ${stays} stays, not ${of.facts} of ${of.stays}`);
};

/** No ack: what slaves say is acknowledged to nobody (ST1), so it is looked at whether it came. */
const BATCH = 500;
const TAKEN_MS_MAX = 10_000;
const LOOK_MS = 20;

export interface PlayersPorts {
  readonly log: Held & Pick<Log, "get">;
  readonly bus: Pick<Bus, "publish" | "flush">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export const planPlayers = async (
  of: NonNullable<Manifest["players"]>,
  path: string,
  ports: PlayersPorts,
): Promise<Plan> => {
  const tip = of.to === 0 ? undefined : await ports.log.get(of.to);
  const goesOn = tip !== undefined && sha256(tip.data) === of.tip;
  const lacking = goesOn ? 0 : await count(stillLacking(path, ports));
  if (lacking === 0) return { part: "players", says: "PLAYERS holds all of its stays: they stay" };
  return {
    part: "players",
    says: `${lacking} stays of players go back into PLAYERS, and their playtime with them`,
    write: async () => {
      let batch: Restated[] = [];
      for await (const stay of stillLacking(path, ports)) {
        if (batch.push(stay) < BATCH) continue;
        await tell(batch, ports);
        batch = [];
      }
      await tell(batch, ports);
      const left = await count(stillLacking(path, ports));
      if (left > 0)
        throw unavailable(`PLAYERS did not take ${left} of ${lacking} stays: repeat the command, it goes on`);
    },
  };
};

const count = async (all: AsyncIterable<unknown>): Promise<number> => {
  let sum = 0;
  for await (const _ of all) sum++;
  return sum;
};

interface Restated {
  readonly subject: string;
  readonly data: Uint8Array;
}

/** The stays of a backup that the stream does not know the end of. What it was too full for is older than all that it holds. */
async function* stillLacking(path: string, { log, signal }: PlayersPorts): AsyncGenerator<Restated> {
  const told = new Set<string>();
  const { firstSeq } = await log.info();
  let oldest = 0;
  for await (const { seq, subject, time, data } of heldBy(log, signal)) {
    if (seq === firstSeq && firstSeq > 1) oldest = time;
    const from = parseEventSubject(subject);
    const fact = from === undefined ? undefined : decodePlayerFact(from, data);
    if (fact?.type === "player-left") told.add(fact.data.session);
  }
  for await (const one of readLines(path, line)) {
    const fact = factIn(one);
    if (fact?.type !== "player-left" || told.has(fact.data.session) || one.time < oldest) continue;
    yield { subject: one.subject, data: encodeJson({ ...one.data, data: bounded(fact.data, one.time) }).slice() };
  }
}

/** The broker's time of the message bounded it; the new message's is later. */
const bounded = (stay: PlayerLeft, time: number): PlayerLeft => {
  const at = Math.min(stay.at, time);
  return { ...stay, at, since: Math.min(stay.since, at) };
};

const tell = async (batch: readonly Restated[], { log, bus, clock, signal }: PlayersPorts): Promise<void> => {
  signal.throwIfAborted();
  const { lastSeq: before } = await log.info();
  for (const { subject, data } of batch) bus.publish(subject, data);
  await bus.flush();
  const until = clock.now() + TAKEN_MS_MAX;
  while ((await log.info()).lastSeq < before + batch.length && clock.now() < until) await pause(clock, LOOK_MS, signal);
};

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Auditor } from "#core/audit/auditor";
import { beginning } from "#core/audit/checkpoints";
import { sha256Hex } from "#core/digest";
import { canonicalJson } from "#core/events/codec";
import { decodeFact, envelopeId } from "#core/events/fact-decoder";
import type { LedgerMessage, WorldRecord } from "#core/events/ledger";
import { unseal } from "#core/events/ledger-codec";
import { decide } from "#core/fold/decide";
import { evolve, stateFromImage } from "#core/fold/evolve";
import { evolveFact } from "#core/fold/evolve-fact";
import { hashOf, imageOf } from "#core/fold/image";
import type { SignedAssignment } from "#core/fold/outcome";
import { newState, type Position, type State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { allFormats, formatsOf, type Golden, type GoldenMessage, parseGolden } from "#sim/cluster/golden";

/**
 * What earlier versions wrote folds into the same states for ever. Made by `npm run golden -- --add NAME`; a golden history
 * never changes, and every released format has one.
 */
const ENDING = ".ndjson.gz";
const files = readdirSync(__dirname)
  .filter((name) => name.endsWith(ENDING))
  .sort();
const bytesOf = (file: string) => readFileSync(join(__dirname, file));
const goldenOf = (file: string): Golden => parseGolden(gunzipSync(bytesOf(file)).toString());
const listed = readFileSync(join(__dirname, "HASHES"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("  ") as [hash: string, file: string]);

const storedOf = ({ seq, time, subject, data }: GoldenMessage): StoredMessage => ({
  seq,
  time,
  subject,
  data: new TextEncoder().encode(data),
});
const of = (golden: Golden, stream: "E" | "L") => golden.messages.filter(({ s }) => s === stream);

test("a golden history is what it was when it was released, and none is missing or unlisted", () => {
  expect(listed.map(([, file]) => file).sort()).toEqual(files);
  for (const [hash, file] of listed) expect([file, sha256Hex(bytesOf(file))]).toEqual([file, hash]);
});

test("every released format of facts and of the ledger has a golden history (else: npm run golden -- --add VERSION)", () => {
  const formats = new Set(files.flatMap((file) => goldenOf(file).messages.flatMap((m) => formatsOf(storedOf(m)))));
  expect(allFormats().filter((format) => !formats.has(format))).toEqual([]);
});

test("all goldens together are small", () => {
  expect(files.reduce((sum, file) => sum + bytesOf(file).length, 0)).toBeLessThan(300_000);
});

/** Folds the ledger's messages; calls `onMessage` before each valid one. */
const replay = (golden: Golden, onMessage: (state: State, message: LedgerMessage, at: number) => void = () => {}) => {
  const state = newState();
  const points: { seq: number; hash: string }[] = [];
  for (const message of of(golden, "L")) {
    const unsealed = unseal(storedOf(message));
    if (unsealed.kind !== "message") throw new Error(`message ${message.seq}: ${unsealed.reason}`);
    if (unsealed.message.data.prev !== state.chain) continue;
    onMessage(state, unsealed.message, message.seq);
    evolve(state, unsealed.message, unsealed.hash);
    if (message.hash !== undefined) points.push({ seq: message.seq, hash: hashOf(imageOf(state)) });
  }
  return points;
};

test.each(files)("%s: the ledger folds into the states that it was written from", (file) => {
  const golden = goldenOf(file);
  const expected = of(golden, "L").flatMap(({ seq, hash }) => (hash === undefined ? [] : [{ seq, hash }]));
  expect(expected.length).toBeGreaterThan(3);
  expect(replay(golden)).toEqual(expected);
});

test.each(files)("%s: an audit of today holds", (file) => {
  const auditor = new Auditor(beginning());
  for (const message of of(goldenOf(file), "L")) expect(auditor.take(storedOf(message))).toBeUndefined();
  expect(auditor.finish()).toBeUndefined();
});

const SIGNED = "signed:";
const verified = (assignment: string | undefined): SignedAssignment | undefined =>
  assignment?.startsWith(SIGNED) ? (JSON.parse(assignment.slice(SIGNED.length)) as SignedAssignment) : undefined;

/** True when EVENTS still holds the message that this position names: what was cut away cannot be folded again. */
const isThere = (golden: Golden, { created, seq, id }: Position): boolean => {
  const at = of(golden, "E").find((message) => message.seq === seq);
  return created === golden.head.events && (seq === 0 || (at !== undefined && envelopeId(storedOf(at).data) === id));
};

/** What the fact path makes of a state and the facts up to a round's position; undefined where that is not defined. */
const decided = (golden: Golden, state: State, message: LedgerMessage & { type: "round" }, grant: boolean) => {
  const { position, closedAt } = message.data;
  const before = state.position;
  if (position === undefined || before === undefined || state.boot !== message.data.boot) return undefined;
  if (!isThere(golden, before) || !isThere(golden, position)) return undefined;
  const facts = of(golden, "E").filter(({ seq }) => seq > before.seq && seq <= position.seq);
  if (facts.length !== position.seq - before.seq) return undefined;
  const { round, boot, chain } = state;
  const copy = stateFromImage(structuredClone(imageOf(state)), { round, boot, closedAt: state.closedAt, chain });
  for (const { time, ...fact } of facts) {
    const decoded = decodeFact(fact.subject, new TextEncoder().encode(fact.data));
    if (decoded.kind !== "fact") continue;
    const signed = decoded.fact.type === "world-synced" ? verified(decoded.fact.data.assignment) : undefined;
    evolveFact(copy, decoded.fact, time, signed);
  }
  return decide(copy, closedAt, grant);
};

const amountsOf = (worlds: Record<string, WorldRecord> | undefined) =>
  Object.fromEntries(Object.entries(worlds ?? {}).flatMap(([id, { r }]) => (r === undefined ? [] : [[id, r]])));

test.each(files)("%s: the facts lead to the same grants, where one leader read them all", (file) => {
  const golden = goldenOf(file);
  const differing: number[] = [];
  let compared = 0;
  let granted = 0;
  replay(golden, (state, message, seq) => {
    if (message.type !== "round") return;
    const recorded = canonicalJson(amountsOf(message.data.worlds));
    const bodies = [true, false].map((grant) => decided(golden, state, message, grant));
    if (bodies[0] === undefined && bodies[1] === undefined) return;
    compared++;
    const texts = bodies.map((body) => canonicalJson(amountsOf(body?.worlds)));
    if (texts[0] !== texts[1] && texts[0] === recorded) granted++;
    if (!texts.includes(recorded)) differing.push(seq);
  });
  expect(differing).toEqual([]);
  expect(compared).toBeGreaterThan(10);
  expect(granted).toBeGreaterThan(0);
});

import { Questions } from "#bridge/session/questions";
import { encodeJson } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";

/** What a session makes of a leader's answers: one that it does not understand, or that does not come, is none. */
const slave = slaveId("home");
const COAL = "item:coal";
const link = { instance: instanceId("north"), epoch: 0 };

const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const complaints: string[] = [];
  const questions = new Questions({
    ...{ bus: broker.connect(), slave },
    complain: (message) => void complaints.push(message),
  });
  const leader = broker.connect();
  /** From now on this is the answer, undefined: nobody is there. */
  let answer: Uint8Array | undefined;
  const state = (body: object) => {
    if (answer === undefined)
      for (const noun of ["link", "claims"])
        leader.subscribe(subjects.query(slave, noun), (message) => leader.respond(message, answer!));
    answer = body instanceof Uint8Array ? body : encodeJson(body);
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const answered = async <T>(asked: Promise<T>): Promise<T> => {
    await clock.advanceSettling(10, settle);
    return asked;
  };
  return { questions, complaints, state, answered };
};

test("a leader's word about an instance is handed on; without a leader there is none", async () => {
  const { questions, state, answered, complaints } = scene();
  expect(await answered(questions.link(link))).toBe("nobody");
  state({ notYours: { epoch: 4 } });
  expect(await answered(questions.link(link))).toEqual({ notYours: { epoch: 4 } });
  expect(complaints).toEqual([]);
});

test("figures are handed on; without a leader, or when he refuses, there are none", async () => {
  const { questions, state, answered, complaints } = scene();
  const asked = () => answered(questions.standings("north.1" as Parameters<Questions["standings"]>[0], [COAL]));
  expect(await asked()).toBeUndefined();
  const standing = { resource: COAL, onTheWay: 1, storage: 2, demand: 3, worlds: 4, share: 0.5 };
  state({ ok: { standings: [standing] } });
  expect(await asked()).toEqual([standing]);
  state({ error: { code: "unavailable", message: "a term begins" } });
  expect(await asked()).toBeUndefined();
  // Another version's.
  state({ ok: { figures: [standing] } });
  expect(await asked()).toBeUndefined();
  expect(complaints).toEqual([]);
});

test("an answer that is none is told and changes nothing", async () => {
  const { questions, state, answered, complaints } = scene();
  state(new Uint8Array([0xff]));
  expect(await answered(questions.link(link))).toBeUndefined();
  expect(await answered(questions.standings("", [COAL]))).toBeUndefined();
  expect(complaints).toEqual([
    expect.stringContaining("the answer of link"),
    expect.stringContaining("the answer of claims"),
  ]);
});

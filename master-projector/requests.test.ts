import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { REQUESTS_MAX, Requests } from "#projector/requests";

/** Requests on their way to the leader's loop: only so many wait, and only what is what it seems. */
const QUERY = "clusterio.v1.query.op.cluster";
const settle = async (): Promise<void> => {
  for (let n = 0; n < 10 * REQUESTS_MAX; n++) await Promise.resolve();
};

const listening = () => {
  const broker = new MemoryBroker(new ManualClock());
  const requests = new Requests(broker.connect(), () => {});
  const answers: { error: { code: string; message: string } }[] = [];
  broker.connect().subscribe("answers", ({ data }) => answers.push(JSON.parse(new TextDecoder().decode(data))));
  const send = (headers: Record<string, string> = {}) =>
    broker.send({ subject: QUERY, data: new Uint8Array(), reply: "answers", headers });
  return { requests, answers, send };
};

test("beyond so many waiting requests a caller is told to come back, and none of the others is lost", async () => {
  const { requests, answers, send } = listening();
  for (let n = 0; n < REQUESTS_MAX + 3; n++) send();
  await settle();
  expect(answers.map(({ error }) => error.code)).toEqual(["unavailable", "unavailable", "unavailable"]);
  expect(requests.takeAll()).toHaveLength(REQUESTS_MAX);
  send();
  await settle();
  expect(requests.waiting).toBe(true);
});

test.each(["nats-msg-id", "nats-expected-last-sequence"])(
  "a request with a forged header %s is refused",
  async (name) => {
    const { requests, answers, send } = listening();
    send({ [name]: "1" });
    send({ "nats-request-info": "{}" });
    await settle();
    expect(answers).toEqual([{ error: { code: "bad-input", message: expect.stringContaining(name) } }]);
    expect(requests.takeAll()).toHaveLength(1);
  },
);

import { Names } from "#bridge/game-protocol";
import { Importing } from "#bridge/session/importing";
import { ManualClock } from "#core/ports/memory/manual-clock";

/** What is granted goes into one game, one command at a time (E3). */
const GEAR = "item:gear";
const TOKEN = "toke00000001";

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

const scene = () => {
  const clock = new ManualClock();
  const replies: string[] = [];
  const took: number[] = [];
  const state = { isReport: true };
  /** Those that wait for their turn, and then for the game. */
  const waiting: { readonly turn: () => string | undefined; readonly reply: (text?: string) => void }[] = [];
  const importing = new Importing({
    clock,
    ask: (compose) => new Promise((reply) => void waiting.push({ turn: compose, reply })),
    replied: (reply) => {
      replies.push(reply);
      return state.isReport;
    },
    tookIn: (ms) => void took.push(ms),
  });
  const names = new Names();
  names.add(0, GEAR);
  const open = (token = TOKEN) => importing.open({ token, names, base: {} });
  /** The next one's turn comes: what it says. */
  const turn = () => {
    const command = waiting[0]!.turn();
    if (command === undefined) waiting.shift()!.reply(undefined);
    return command;
  };
  const reply = async (text?: string) => {
    waiting.shift()!.reply(text);
    await settle();
  };
  open();
  return { clock, importing, open, turn, reply, waiting, replies, took, state };
};

test("E3: what is granted while one waits for its turn goes along, what is granted after that goes with the next", async () => {
  const { importing, turn, reply, waiting } = scene();
  importing.want({ totals: { [GEAR]: 1 } });
  importing.want({ totals: { [GEAR]: 2, "item:new": 7 } });
  expect([waiting.length, turn()]).toEqual([1, "/ci toke AC"]);
  importing.want({ totals: { [GEAR]: 5 } });
  expect(waiting).toHaveLength(1);
  await reply("report");
  expect(turn()).toBe("/ci toke AF");
  await reply("report");
  expect(turn()).toBe(`/clusterio-import {"token":"${TOKEN}","totals":{"item:new":7}}`);
  await reply("report");
  expect(turn()).toBeUndefined();
  await settle();
  expect(waiting).toEqual([]);
});

test("what is granted while there was nothing to say is said", async () => {
  const { importing, turn, waiting } = scene();
  importing.want({ totals: { [GEAR]: 0 } });
  expect(turn()).toBeUndefined();
  importing.want({ totals: { [GEAR]: 3 } });
  await settle();
  expect([waiting.length, turn()]).toEqual([1, "/ci toke AD"]);
});

test("a session that ended says nothing, hears nothing, and leaves nothing to the next", async () => {
  const { importing, open, turn, reply, waiting, replies } = scene();
  importing.want({ totals: { [GEAR]: 1 } });
  importing.close();
  open("next00000002");
  importing.want({ totals: { [GEAR]: 2 } });
  expect(turn()).toBeUndefined();
  await settle();
  expect([waiting.length, turn()]).toEqual([1, "/ci next AC"]);
  importing.want({ totals: { [GEAR]: 9 } });
  importing.close();
  open("last00000003");
  await reply("report");
  expect([waiting, replies]).toEqual([[], []]);
  importing.want({ totals: { "item:new": 1 } });
  expect(turn()).toBe('/clusterio-import {"token":"last00000003","totals":{"item:new":1}}');
});

test("a lost reply is not asked after: the link states again what did not arrive", async () => {
  const { importing, turn, reply, waiting, replies } = scene();
  importing.want({ totals: { [GEAR]: 1 } });
  turn();
  importing.want({ totals: { [GEAR]: 2 } });
  await reply(undefined);
  expect([waiting, replies]).toEqual([[], []]);
  importing.want({ totals: { "item:new": 1 } });
  expect(turn()).toBe("/ci toke AC");
});

test("how long it took is told of what the game reported as its own", async () => {
  const { clock, importing, turn, reply, took, state } = scene();
  for (const isReport of [true, false]) {
    state.isReport = isReport;
    importing.want({ totals: { [GEAR]: isReport ? 1 : 2 }, folded: clock.now() });
    clock.advance(40);
    turn();
    await reply("report");
    turn();
    await settle();
  }
  expect(took).toEqual([40]);
});

import { Names } from "#bridge/game-protocol";
import { isLookLine, Looks } from "#bridge/session/looks";
import type { Standing } from "#core/events/query";
import { ManualClock } from "#core/ports/memory/manual-clock";

/** Figures for whoever looks, and silence otherwise (LK1, LK2). */
const TOKEN = "toke00000001";
const [PLATE, COAL] = ["item:iron-plate", "item:coal"];
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

const scene = () => {
  const clock = new ManualClock();
  const names = new Names();
  names.add(0, PLATE);
  names.add(40, COAL);
  const asked: (readonly string[])[] = [];
  const sent: string[] = [];
  const complaints: string[] = [];
  const state = { storage: 9, away: false, reply: '{"tick":5}' as string | undefined };
  const standing = (resource: string): Standing => ({
    ...{ resource: resource as Standing["resource"], onTheWay: 7, storage: state.storage },
    ...{ demand: 400, worlds: 3, share: 1 / 3 },
  });
  const looks = new Looks({
    clock,
    ask: async (compose) => {
      const command = compose();
      if (command === undefined) return undefined;
      sent.push(command);
      return state.reply;
    },
    standings: async (resources) => {
      asked.push(resources);
      return state.away ? undefined : resources.map(standing);
    },
    complain: ({ code }) => complaints.push(code),
  });
  looks.open({ token: TOKEN, names });
  const look = async (resources: readonly string[] | object, token = TOKEN) => {
    const text = JSON.stringify({ look: { token, resources } });
    expect(isLookLine(text)).toBe(true);
    const taken = looks.line(text);
    await settle();
    return taken;
  };
  const pass = (ms: number) => clock.advanceSettling(ms, settle);
  return { looks, look, pass, asked, sent, complaints, state };
};

test("LK1 nobody looks: no question, no command; who looks no more ends both", async () => {
  const { look, pass, asked, sent } = scene();
  await pass(60_000);
  expect([asked, sent]).toEqual([[], []]);
  await look([COAL, PLATE]);
  expect(asked).toEqual([[COAL, PLATE]]);
  // 7, 9, 400, 3, 333 for each; number 0, and 40 as the difference to it less one.
  expect(sent).toEqual(["/cf toke 1 AHJwMDtKnBHJwMDtK"]);
  await look({});
  await pass(60_000);
  expect([asked.length, sent.length]).toEqual([1, 1]);
});

test("LK2 what changed is said at the next look, what did not every six seconds", async () => {
  const { look, pass, asked, sent, state } = scene();
  await look([PLATE]);
  await pass(4_000);
  expect([asked.length, sent.length]).toEqual([3, 1]);
  state.storage = 10;
  await pass(2_000);
  expect(sent).toEqual(["/cf toke 1 AHJwMDtK", "/cf toke 2 AHKwMDtK"]);
  await pass(6_000);
  expect(sent).toHaveLength(3);
});

test("a leader that says nothing, another session's line, and what is no resource change nothing", async () => {
  const { look, pass, asked, sent, state } = scene();
  expect(await look([PLATE], "other0000000")).toBe(false);
  expect(asked).toEqual([]);
  state.away = true;
  await look([PLATE, "plate", "item:unknown-here"]);
  await pass(2_000);
  expect([asked[0], sent]).toEqual([[PLATE, "item:unknown-here"], []]);
  state.away = false;
  await pass(2_000);
  expect(sent).toEqual(["/cf toke 1 AHJwMDtK"]);
});

test("a game of another session begins anew, and a session that ended hears nothing", async () => {
  const { looks, look, pass, sent, complaints, state } = scene();
  state.reply = '{"error":"wrong-token","message":""}';
  await look([PLATE]);
  expect(complaints).toEqual(["wrong-token"]);
  looks.close();
  await pass(10_000);
  expect(sent).toHaveLength(1);
});

import { Names } from "#bridge/game-protocol";
import { Caps } from "#bridge/session/caps";
import { COMMAND_BYTES_MAX } from "#bridge/session/imports";

/** One game's list of what stays: said whole, when it is another one, one command at a time (CW1 to CW3). */
const TOKEN = "toke00000001";
/** The game is busy saving: nothing comes. */
const NONE = "";
const scene = (known: readonly string[] = []) => {
  const names = new Names();
  for (const [number, name] of known.entries()) names.add(number, name);
  const sent: string[] = [];
  const complaints: string[] = [];
  const waiting: ((reply: string | undefined) => void)[] = [];
  const caps = new Caps({
    ask: (compose) => {
      const command = compose();
      if (command === undefined) return Promise.resolve(undefined);
      sent.push(command);
      return new Promise((resolve) => waiting.push(resolve));
    },
    complain: ({ code }) => complaints.push(code),
  });
  const reply = async (text = '{"tick":5}') => {
    waiting.shift()?.(text === NONE ? undefined : text);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { names, caps, sent, complaints, reply };
};
const [PLATE, COAL, STEAM] = ["item:iron-plate", "item:coal", "fluid:steam:165"];

test("CW2 numbers where the save gave them, names for the rest; said once, and again when it is another list", async () => {
  const { caps, names, sent, reply } = scene([PLATE, COAL]);
  caps.open({ token: TOKEN, names }, []);
  caps.want([COAL, STEAM]);
  await reply();
  caps.want([COAL, STEAM]);
  names.add(2, STEAM);
  caps.reported();
  caps.want([STEAM, COAL]);
  await reply();
  caps.want([PLATE, COAL, STEAM]);
  await reply();
  caps.want([]);
  await reply();
  expect(sent).toEqual(["/cc toke 1 B fluid:steam:165", "/cc toke 2 AAA", "/cc toke 3 ."]);
});

test("CW2 what the save holds already is not said, and of a mod that cannot be told nothing is", async () => {
  const { caps, names, sent } = scene([PLATE]);
  caps.open({ token: TOKEN, names }, [PLATE]);
  caps.want([PLATE]);
  caps.open({ token: TOKEN, names }, undefined);
  caps.want([]);
  expect(sent).toEqual([]);
});

test("CW2 after a command that nobody answered, what the save holds is not known: the list is said again, also the one of before", async () => {
  const { caps, names, sent, reply } = scene([PLATE, COAL]);
  caps.open({ token: TOKEN, names }, [PLATE]);
  caps.want([COAL]);
  await reply(NONE);
  caps.want([PLATE]);
  expect(sent).toEqual(["/cc toke 1 B", "/cc toke 2 A"]);
  await reply(NONE);
  caps.reported();
  await reply();
  caps.reported();
  expect(sent.slice(2)).toEqual(["/cc toke 3 A"]);
});

test("CW3 what changes while a command is under way is said after it, as it is then", async () => {
  const { caps, names, sent, reply } = scene([PLATE, COAL]);
  caps.open({ token: TOKEN, names }, []);
  caps.want([PLATE]);
  caps.want([]);
  caps.want([COAL]);
  expect(sent).toEqual(["/cc toke 1 A"]);
  await reply();
  expect(sent).toEqual(["/cc toke 1 A", "/cc toke 2 B"]);
});

test("names that have no room wait for their numbers", async () => {
  const { caps, names, sent, reply } = scene();
  const many = Array.from({ length: 200 }, (_, n) => `item:a-rather-long-name-${String(n).padStart(3, "0")}`);
  caps.open({ token: TOKEN, names }, []);
  caps.want(many);
  await reply();
  expect(sent).toHaveLength(1);
  expect(sent[0]!.length).toBeLessThanOrEqual(COMMAND_BYTES_MAX);
  const said = sent[0]!.split(" ")[4]!.split(",");
  expect(said).toEqual(many.slice(0, said.length));
  // The save gave numbers to those: there is room for others now.
  for (const [number, name] of said.entries()) names.add(number, name);
  caps.reported();
  await reply();
  expect(sent).toHaveLength(2);
  expect(sent[1]!.split(" ")[4]!.split(",")[0]).toBe(many[said.length]);
  for (const [number, name] of many.entries()) names.add(number, name);
  caps.reported();
  await reply();
  caps.reported();
  expect(sent).toHaveLength(3);
  expect(sent[2]!.split(" ")).toHaveLength(4);
});

test("five hundred full stores are one command of a second's length", async () => {
  const all = Array.from({ length: 3_000 }, (_, n) => `item:i${n}`);
  const { caps, names, sent } = scene(all);
  caps.open({ token: TOKEN, names }, []);
  caps.want(all.filter((_, n) => n % 6 === 0));
  expect(sent[0]!.length).toBeLessThan(600);
});

test("a session that ended hears nothing more, and numbers begin anew with the next", async () => {
  const { caps, names, sent, complaints, reply } = scene([PLATE, COAL]);
  caps.open({ token: TOKEN, names }, []);
  caps.want([PLATE]);
  caps.close();
  await reply('{"error":"wrong-token","message":""}');
  caps.want([]);
  expect([sent.length, complaints]).toEqual([1, []]);
  caps.open({ token: "next00000002", names }, [PLATE]);
  caps.want([COAL]);
  await reply('{"error":"payload","message":""}');
  expect(sent[1]).toBe("/cc next 1 B");
  expect(complaints).toEqual(["payload"]);
});

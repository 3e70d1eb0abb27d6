import fc from "fast-check";
import { Names } from "#bridge/game-protocol";
import { decodeImport } from "#bridge/import-payload";
import { COMMAND_BYTES_MAX, merge, NOTHING, nextImport, type Wanting } from "#bridge/session/imports";
import { NAME_CHARACTERS_MAX, TOTAL_MAX } from "#core/resource";

const TOKEN = "abcdefghijklm";
const session = (numbered: readonly string[], base: Record<string, number> = {}) => {
  const names = new Names();
  for (const [number, name] of numbered.entries()) names.add(number, name);
  return { names, base, token: TOKEN };
};

/** All commands that it takes. */
const commandsFor = (waiting: Wanting, of: ReturnType<typeof session>): string[] => {
  const commands: string[] = [];
  for (let next = nextImport(waiting, of); next !== undefined; next = nextImport(next.rest, of))
    commands.push(next.command);
  return commands;
};

describe("imports", () => {
  test("numbers where the save has given them, amounts above what it had at the session's begin", () => {
    const of = session(["item:a", "item:b"], { "item:b": 100 });
    expect(commandsFor({ totals: { "item:b": 140, "item:a": 5 } }, of)).toEqual(["/ci abcd AFAoB"]);
  });

  test("names and absolute totals for what has no number", () => {
    const commands = commandsFor({ totals: { "item:new": 3, "item:a": 1 } }, session(["item:a"]));
    expect(commands).toEqual(["/ci abcd AB", `/clusterio-import {"token":"${TOKEN}","totals":{"item:new":3}}`]);
  });

  test("what the session already had is not said", () => {
    expect(commandsFor({ totals: { "item:a": 9 } }, session(["item:a"], { "item:a": 9 }))).toEqual([]);
    expect(nextImport(NOTHING, session([]))).toBeUndefined();
  });

  test("the newest total counts, and the oldest cause is remembered", () => {
    const first = merge(NOTHING, { totals: { "item:a": 5, "item:b": 1 }, folded: 20 });
    expect(merge(first, { totals: { "item:a": 3 }, folded: 30 })).toEqual({
      totals: { "item:a": 3, "item:b": 1 },
      folded: 20,
    });
    expect(merge(NOTHING, { totals: { "item:a": 5 } })).toEqual({ totals: { "item:a": 5 } });
  });

  test("the longest name fits alone", () => {
    const longest = `item:${"n".repeat(NAME_CHARACTERS_MAX)}:${"q".repeat(NAME_CHARACTERS_MAX)}`;
    const [command] = commandsFor({ totals: { [longest]: TOTAL_MAX } }, session([]));
    expect(command?.length).toBeLessThanOrEqual(COMMAND_BYTES_MAX);
  });

  test("everything is said exactly once, in commands of bounded size, whatever is waiting", () => {
    const resource = fc.integer({ min: 0, max: 600 }).map((n) => `item:r${n}`);
    const totals = fc.dictionary(resource, fc.integer({ min: 1, max: 2 ** 40 }), {
      maxKeys: 500,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(totals, fc.nat(600), (waiting, known) => {
        const of = session(Array.from({ length: known }, (_, n) => `item:r${n}`));
        const heard: Record<string, number> = {};
        for (const command of commandsFor({ totals: waiting }, of)) {
          const said = command.startsWith("/ci ")
            ? (decodeImport(command.slice("/ci abcd ".length)) ?? []).map(
                ([n, amount]) => [`item:r${n}`, amount] as const,
              )
            : Object.entries<number>(JSON.parse(command.slice("/clusterio-import ".length)).totals);
          expect(command.length).toBeLessThanOrEqual(COMMAND_BYTES_MAX);
          for (const [name, total] of said) {
            expect(heard[name]).toBeUndefined();
            heard[name] = total;
          }
        }
        expect(heard).toEqual(waiting);
      }),
      { numRuns: 100 },
    );
  });
});

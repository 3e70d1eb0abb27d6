// Messages between mods of different worlds, as one world sends and hears them: docs/mod-api.md.
import { Depot, Partner } from "./partners";
import { World } from "./world";

let world: World;
let partner: Partner;
let depot: Depot;
beforeEach(() => {
  world = World.create({ depot: true });
  partner = new Partner(world);
  depot = new Depot(world);
  world.open({ lease: 100000 });
});
afterEach(() => world.close());

interface Line {
  message?: { token: string; n: number; channel: string; to?: string; data: string };
}

const sent = () =>
  world
    .reportLines(world.token)
    .map((line) => (JSON.parse(line) as Line).message)
    .filter((message) => message !== undefined);

const tell = (n: number, data: string, more: object = {}) =>
  world.send(
    "cm",
    `${world.tag} ${JSON.stringify({ n, slave: "home", from: "b", channel: "sample-depot", data, ...more })}`,
  );

const heard = () => depot.seen().heard;

describe("sending", () => {
  test("a message goes out at once, with its number, to one instance or to all", () => {
    expect(depot.say("hello")).toEqual({ sent: true });
    expect(depot.say("you there", "b")).toEqual({ sent: true });
    const { token } = world;
    expect(sent()).toEqual([
      { token, n: 1, channel: "sample-depot", data: "hello" },
      { token, n: 2, channel: "sample-depot", to: "b", data: "you there" },
    ]);
  });

  test.each(["", "über 火 😀", 'quotes " and \\ and\nlines\u0000', "x".repeat(1000)])(
    "data %j goes out as it is",
    (data) => {
      expect(partner.send({ channel: "c", data })).toEqual({ sent: true });
      expect(sent().map((message) => message.data)).toEqual([data]);
    },
  );

  test.each([
    ["a tail alone", "\\128"],
    ["a lead alone", "ab\\195"],
    ["a lead and a letter", "\\195a"],
    ["a longer form", "\\192\\128"],
    ["a longer form of three", "\\224\\159\\191"],
    ["a longer form of four", "\\240\\143\\191\\191"],
    ["half of a pair", "\\237\\160\\128"],
    ["beyond the last", "\\244\\144\\128\\128"],
    ["no byte of it", "\\255"],
  ])("bytes that are no text (%s) are the caller's mistake", (_, bytes) => {
    expect(partner.mistake("send", `{ channel = "c", data = "${bytes}" }`)).toContain("UTF-8");
    expect(sent()).toEqual([]);
  });

  test("so many at once, then two a second", () => {
    const tries = (count: number) => Array.from({ length: count }, () => depot.say("x").sent).filter(Boolean).length;
    world.tick(10000);
    expect(tries(30)).toBe(20);
    expect(depot.say("x")).toEqual({ sent: false, reason: "rate" });
    world.tick(60);
    expect(tries(30)).toBe(2);
    world.tick(15);
    expect(tries(30)).toBe(0);
    world.tick(30);
    expect(tries(30)).toBe(1);
    world.tick(15);
    expect(tries(30)).toBe(1);
  });

  test("without a link it is refused, and not kept for later", () => {
    world.lease(0);
    world.tick(2);
    expect(depot.say("hello")).toEqual({ sent: false, reason: "no-link" });
    world.lease(100);
    world.tick(10);
    expect(sent()).toEqual([]);
  });

  test("numbers begin anew with a session", () => {
    depot.say("one");
    world.begin();
    world.lease(100);
    depot.say("two");
    expect(sent()).toMatchObject([{ n: 1, data: "two" }]);
  });
});

describe("hearing", () => {
  test("what another world sent is an event of the next tick, with its sender", () => {
    expect(tell(1, "hello").tick).toBe(world.now());
    expect(heard()).toEqual([]);
    tell(2, "to you", { direct: true });
    world.tick(1);
    expect(heard()).toEqual([
      { slave: "home", from: "b", data: "hello", direct: false },
      { slave: "home", from: "b", data: "to you", direct: true },
    ]);
    world.tick(5);
    expect(heard()).toHaveLength(2);
  });

  test("a message that is said again, or comes late, is heard once", () => {
    for (const n of [1, 1, 3, 2, 3]) tell(n, `message ${n}`);
    world.tick(2);
    expect(heard().map((message) => (message as { data: string }).data)).toEqual(["message 1", "message 3"]);
  });

  test("what is no message changes nothing", () => {
    const before = world.state();
    for (const wrong of ["", "{}", "[]", "5", "{"])
      expect(world.send("cm", `${world.tag} ${wrong}`).error).toBe("parameter");
    expect(tell(1, "x", { channel: "a b" }).error).toBe("parameter");
    expect(tell(1, "x", { from: "A" }).error).toBe("parameter");
    expect(tell(1, "x".repeat(1001)).error).toBe("parameter");
    expect(world.send("cm", "zzzz {}").error).toBe("wrong-token");
    expect(world.state()).toBe(before);
  });

  test("a game takes in at most a hundred between two ticks", () => {
    const errors = Array.from({ length: 102 }, (_, n) => tell(n + 1, "x").error);
    expect(errors.filter((error) => error === "full")).toHaveLength(2);
    world.tick(1);
    expect(heard()).toHaveLength(100);
    expect(tell(103, "x").error).toBeUndefined();
  });

  test("what was heard and not yet told is told after a load, and to a joined peer's mods likewise", () => {
    tell(1, "hello");
    world.reload();
    const peer = world.join({ shuffle: 3 });
    for (const each of [world, peer]) each.tick(2);
    expect(heard()).toHaveLength(1);
    expect(peer.state()).toBe(world.state());
    peer.close();
  });

  test("an order placed by a listener is as good as any", () => {
    world.lua(`test.env("sample-depot").script.on_event("clusterio-on-message", function()
      remote.call("clusterio", "import", { mod = "sample-depot", name = "coal", count = 5 })
      remote.call("clusterio", "export", { name = "stone", count = 2 })
    end)`);
    tell(1, "go");
    world.tick(5);
    expect(world.mirror().totals().exported).toEqual({ "item:stone": 2 });
    expect(world.wanted()).toEqual({ "item:coal": 5 });
    expect(world.brokenInvariants()).toEqual([]);
  });
});

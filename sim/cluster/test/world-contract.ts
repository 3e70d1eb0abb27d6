import { GEAR, ORE, PLATE, Play, strayIn } from "#sim/cluster/test/play";
import { amountIn, type Games, RESOURCES } from "#sim/cluster/world";

/** What holds for every kind of world that the simulation runs: the plain one and the real mod in real Lua. */
export const worldContract = (games: Games): void => {
  const playing: Play[] = [];
  const play = (...more: ConstructorParameters<typeof Play> extends [Games, ...infer Rest] ? Rest : never): Play => {
    const made = new Play(games, ...more);
    playing.push(made);
    return made;
  };

  afterEach(() => {
    for (const each of playing.splice(0)) each.world.close();
  });

  describe("sessions", () => {
    test("a new map has its seed, and neither ids nor items", () => {
      const { seed, instance, world, token, held, produced } = play(games.newSave(7)).look();
      expect({ seed, instance, world, token, held, produced }).toEqual({
        ...{ seed: 7, instance: "", world: "", token: "", held: {}, produced: {} },
      });
    });

    test("begin answers with the whole state and its report file; adopt gives the save its world", () => {
      const world = play();
      expect(world.begin()).toMatchObject({ token: world.token, instance: "", world: "", names: [], exported: {} });
      expect(world.adopt("a.1")).toMatchObject({
        instance: "a",
        world: "a.1",
        file: `clusterio/${world.token}-0.jsonl`,
      });
      expect(world.look()).toMatchObject({ instance: "a", world: "a.1", token: world.token });
      expect(world.begin()).toMatchObject({ instance: "a", world: "a.1" });
    });

    test("adopt again changes nothing; another world of that instance, or another instance, is refused", () => {
      const world = play().settle();
      expect(world.adopt("a.1").error).toBeUndefined();
      expect(world.adopt("a.2").error).toBe("world");
      const { token } = world;
      expect(world.say("clusterio-adopt", { token, world: "b.1", instance: "b", atLoad: {} }).error).toBe("instance");
      expect(world.look()).toMatchObject({ instance: "a", world: "a.1" });
    });

    test("before adopt nothing is collected, written or imported, and chests keep what they have", () => {
      const world = play();
      world.begin();
      world.lease(1_000);
      world.offer(ORE, 5);
      world.world.pass(100);
      expect(world.importNamed({ [PLATE]: 3 }).error).toBe("not-adopted");
      expect(world.say("ci", `${world.tag} AD`).error).toBe("not-adopted");
      expect(world.lines).toEqual([]);
      expect(world.look()).toMatchObject({ exported: {}, received: {}, held: { [ORE]: 5 } });
    });

    test("the token that the save holds is refused, also after a load ◆", () => {
      const world = play().settle();
      const again = { v: 1, token: world.token, boot: "b", instance: "a" };
      expect(world.say("clusterio-begin", again).error).toBe("token-used");
      world.load(world.world.save());
      expect(world.say("clusterio-begin", again).error).toBe("token-used");
    });

    test.each([
      ["clusterio-begin", "{", "parameter"],
      ["clusterio-begin", '{"v":2,"token":"token00000000","instance":"a"}', "version"],
      ["clusterio-begin", '{"v":1,"token":"Token00000000","instance":"a"}', "token"],
      ["clusterio-begin", '{"v":1,"token":"short","instance":"a"}', "token"],
      ["clusterio-begin", '{"v":1,"token":"token00000000"}', "parameter"],
      ["clusterio-adopt", '{"token":"token00000000","world":"a.1","instance":"a"}', "wrong-token"],
      ["clusterio-import", '{"token":"token00000000","totals":{}}', "wrong-token"],
      ["ci", "nope A", "wrong-token"],
      ["cl", "nope 600", "wrong-token"],
      ["cr", "nope full", "wrong-token"],
      ["cl", "t001 216001", "parameter"],
      ["cl", "t001 -1", "parameter"],
      ["cr", "t001 some", "parameter"],
      ["ci", "t001 !", "payload"],
      ["cc", "nope 1 .", "wrong-token"],
      ["cc", "t001 1 !", "payload"],
      ["cc", "t001 1 Z", "payload"],
      ["cc", "t001 x .", "parameter"],
      ["ci", "t001 AF", "payload"],
    ])("/%s %s is refused (%s) and changes nothing", (command, parameter, error) => {
      const world = play().settle();
      const before = world.look();
      expect(world.say(command, parameter).error).toBe(error);
      expect(world.look()).toEqual(before);
    });
  });

  describe("exports", () => {
    test("M1: items leave the chest in the tick in which the total rises, whatever they are", () => {
      const world = play().settle();
      for (const [n, key] of RESOURCES.entries()) world.offer(key, 10 + n);
      world.eachTick(10, (look) => expect(strayIn(look)).toEqual({}));
      expect(world.look()).toMatchObject({ exported: { [ORE]: 10, [PLATE]: 11, [GEAR]: 12 } });
    });

    test("nothing is collected after the lease; a new one takes it up again", () => {
      const world = play().settle("a", 10);
      world.world.pass(11);
      world.offer(ORE, 5);
      world.world.pass(500);
      expect(world.look()).toMatchObject({ exported: {}, held: { [ORE]: 5 } });
      world.lease(10);
      world.world.pass(1);
      expect(world.look()).toMatchObject({ exported: { [ORE]: 5 } });
    });

    test("the last tick of the lease still counts", () => {
      const world = play().settle("a", 10);
      world.world.pass(9);
      world.offer(ORE, 5);
      world.world.pass(1);
      expect(world.look()).toMatchObject({ exported: { [ORE]: 5 } });
      world.offer(ORE, 5);
      world.world.pass(1);
      expect(world.look()).toMatchObject({ exported: { [ORE]: 5 } });
    });
  });

  describe("imports", () => {
    test("received rises with what is taken in; the same total again, or a lower one, adds nothing", () => {
      const world = play().settle();
      expect(world.importNamed({ [ORE]: 12 })).toMatchObject({ received: { 0: 12 }, untakeable: [] });
      world.importNamed({ [ORE]: 12 });
      world.importNamed({ [ORE]: 4 });
      expect(world.look()).toMatchObject({ received: { [ORE]: 12 }, held: { [ORE]: 12 } });
    });

    test("a compact import counts from what the session began with", () => {
      const world = play().settle();
      world.importNamed({ [ORE]: 12 });
      world.begin();
      expect(world.importCompact([[0, 3]])).toMatchObject({ received: { 0: 15 } });
      expect(world.look()).toMatchObject({ held: { [ORE]: 15 } });
    });

    test("wanted is what the chest asks for, less what is there; imports go to the chest that waits", () => {
      const world = play().settle();
      world.world.request(ORE, 30);
      world.world.pass(1);
      expect(world.report().wanted).toEqual({ 0: 30 });
      world.importNamed({ [ORE]: 12 });
      expect(world.look().wanted[ORE]).toBe(18);
      expect(world.world.consume(ORE, 50)).toBe(12);
      world.world.pass(1);
      expect(world.report()).toMatchObject({ wanted: { 0: 30 }, received: { 0: 12 } });
    });

    test("what nobody asks for goes back after a minute, within the lease only", () => {
      const world = play().settle("a", 3_000);
      world.importNamed({ [ORE]: 12 });
      world.world.pass(3_700);
      expect(world.look()).toMatchObject({ exported: {}, held: { [ORE]: 12 } });
      world.lease(10);
      world.eachTick(5, (look) => expect(strayIn(look)).toEqual({}));
      expect(world.look()).toMatchObject({ exported: { [ORE]: 12 }, held: {} });
    });

    test("an import that names no whole number changes nothing", () => {
      const world = play().settle();
      for (const total of [-1, 1.5, 2 ** 53])
        expect(world.importNamed({ [ORE]: 5, [PLATE]: total }).error).toBe("payload");
      expect(world.look()).toMatchObject({ received: {}, held: {} });
    });

    test("a resource that no game has is named in the reply and not taken in", () => {
      const world = play().settle();
      expect(world.importNamed({ "item:nothing": 5, [ORE]: 2 })).toMatchObject({ untakeable: ["item:nothing"] });
      expect(world.look().received).toEqual({ [ORE]: 2 });
    });
  });

  describe("caps", () => {
    test("what is capped stays in the chest until it is not; the save keeps the list, and begin says it", () => {
      const world = play().settle();
      expect(world.say("cc", `${world.tag} 1 . ${ORE}`)).toMatchObject({ tick: world.look().tick });
      world.offer(ORE, 5);
      world.offer(PLATE, 4);
      world.world.pass(10);
      expect(world.look()).toMatchObject({ exported: { [PLATE]: 4 }, held: { [ORE]: 5 } });
      world.load(world.world.save());
      expect(world.begin()).toMatchObject({ capped: [ORE] });
      world.say("cc", `${world.tag} 2 A`);
      world.say("cc", `${world.tag} 1 .`);
      world.world.pass(10);
      expect(world.look().held).toEqual({ [ORE]: 5 });
      world.say("cc", `${world.tag} 3 .`);
      world.world.pass(10);
      expect(world.look()).toMatchObject({ exported: { [ORE]: 5, [PLATE]: 4 }, held: {} });
    });
  });

  describe("reports", () => {
    test("MR1, MR2: seq rises over replies and lines; each has what changed since the last", () => {
      const world = play().settle();
      world.offer(ORE, 5);
      world.world.pass(5);
      expect(world.lines).toMatchObject([{ seq: 1, names: { 0: ORE }, exported: { 0: 5 } }]);
      world.offer(PLATE, 4);
      world.world.pass(1);
      expect(world.report()).toMatchObject({ seq: 2, names: { 1: PLATE }, exported: { 1: 4 } });
      expect(world.report()).toMatchObject({ seq: 3, names: {}, exported: {}, received: {}, wanted: {} });
      world.world.pass(100);
      expect(world.lines).toHaveLength(1);
      expect([...world.files]).toEqual([`clusterio/${world.token}-0.jsonl`]);
    });

    test("a line is written at the earliest five ticks after the last report", () => {
      const world = play().settle();
      world.world.pass(10);
      const ticks: (number | undefined)[] = [];
      for (let n = 0; n < 12; n++) {
        world.offer(ORE, 1);
        world.world.pass(1);
        ticks.push(...world.lines.splice(0).map(({ tick }) => tick));
      }
      expect(ticks.map((tick) => (tick ?? 0) - (ticks[0] ?? 0))).toEqual([0, 5, 10]);
    });

    test("MR3: a received that changed restates a wanted above zero, and every wanted has its received", () => {
      const world = play().settle();
      world.world.request(ORE, 30);
      world.world.pass(10);
      expect(world.lines.at(-1)).toMatchObject({ wanted: { 0: 30 }, received: { 0: 0 } });
      expect(world.importNamed({ [ORE]: 10 })).toMatchObject({ wanted: { 0: 20 }, received: { 0: 10 } });
    });

    test("a whole report every five minutes, although nothing changed", () => {
      const world = play().settle();
      world.offer(ORE, 5);
      world.world.pass(17_999);
      expect(world.lines).toHaveLength(1);
      world.world.pass(1);
      expect(world.lines[1]).toMatchObject({
        full: true,
        tick: 18_000,
        names: { 0: ORE },
        exported: { 0: 5 },
        received: { 0: 0 },
      });
    });

    test("full: everything, zeros too", () => {
      const world = play().settle();
      world.offer(ORE, 5);
      world.importNamed({ [PLATE]: 2 });
      world.world.pass(1);
      const { names, exported, received, wanted } = world.report("full");
      expect(names).toEqual({ 0: PLATE, 1: ORE });
      expect({ exported, received, wanted }).toEqual({
        exported: { 0: 0, 1: 5 },
        received: { 0: 2, 1: 0 },
        wanted: { 0: 0, 1: 0 },
      });
    });
  });

  describe("saves", () => {
    test("a save never changes: played on from twice, it is the same world twice", () => {
      const world = play().settle();
      world.offer(ORE, 8);
      world.world.request(PLATE, 20);
      world.world.pass(3);
      world.importNamed({ [PLATE]: 5 });
      const save = world.world.save();
      const written = { ...save };
      const seen = [1, 2].map(() => {
        world.load(save);
        world.world.pass(50);
        return world.look();
      });
      expect(seen[1]).toEqual(seen[0]);
      expect({ ...save }).toEqual(written);
    });

    test("an older save has its items, its totals and its token back", () => {
      const world = play().settle();
      world.world.produce(ORE, 20);
      const save = world.world.save();
      world.world.collect(ORE, 20);
      world.importNamed({ [PLATE]: 7 });
      world.world.pass(10);
      world.begin();
      world.load(save);
      expect(world.look()).toMatchObject({ exported: {}, received: {}, held: { [ORE]: 20 }, token: save.token });
      expect(world.look().held[PLATE] ?? 0).toBe(0);
      expect(strayIn(world.look())).toEqual({});
    });

    test("between load and begin it goes on under its old token and lease, with seqs that were used before", () => {
      const world = play().settle("a", 1_000);
      const save = world.world.save();
      const seqs = [1, 2].map(() => {
        world.load(save);
        world.offer(ORE, 5);
        world.world.pass(10);
        return world.lines.splice(0).map(({ token, seq }) => [token, seq]);
      });
      expect(seqs[0]).toEqual([[world.token, 1]]);
      expect(seqs[1]).toEqual(seqs[0]);
    });

    test("atLoad is what the save's totals were, whatever happened since; a new map's is empty", () => {
      const world = play().settle();
      expect(world.begin().atLoad).toEqual({});
      world.offer(ORE, 5);
      world.world.pass(1);
      world.load(world.world.save());
      world.lease(100);
      world.offer(ORE, 2);
      world.world.pass(1);
      expect(world.begin()).toMatchObject({ atLoad: { [ORE]: 5 }, exported: { 0: 7 } });
    });

    test("◆ adoption: of the parent's totals only what was done since the load is the child's", () => {
      const parent = play().settle();
      parent.offer(ORE, 5);
      parent.importNamed({ [PLATE]: 9 });
      parent.world.pass(2);
      const child = play(games.asOrigin(parent.world.save()));
      child.token = parent.token;
      child.lease(100);
      child.offer(ORE, 3);
      child.world.pass(1);
      const { atLoad = {} } = child.begin("b");
      expect(child.adopt("b.1", { ...atLoad, [ORE]: 9 }).error).toBe("at-load");
      expect(child.adopt("b.1", { ...atLoad, "item:nothing": 1 }).error).toBe("at-load");
      expect(child.adopt("b.1", atLoad)).toMatchObject({ world: "b.1", exported: { 1: 3 }, received: {} });
      expect(strayIn(child.look())).toEqual({});
      child.load(child.world.save());
      expect(child.begin("b")).toMatchObject({ atLoad: { [ORE]: 3 }, world: "b.1" });
    });

    test("the mod removed and added: no ids, no totals, nothing of what its chests held; the rest is there", () => {
      const world = play().settle();
      world.world.produce(ORE, 30);
      world.world.collect(ORE, 10);
      world.world.request(PLATE, 20);
      world.world.pass(1);
      world.importNamed({ [PLATE]: 25 });
      world.lease(0);
      world.world.pass(1);
      world.world.collect(ORE, 5);
      const save = games.forget(world.world.save());
      expect(save).toMatchObject({ instance: "", world: "", token: "", seed: 1, tick: world.look().tick });
      world.load(save);
      expect(world.look()).toMatchObject({ exported: {}, received: {}, held: { [ORE]: 15 }, produced: { [ORE]: 15 } });
      expect(amountIn(world.look().held, PLATE)).toBe(0);
      world.settle();
      world.world.pass(1);
      expect(world.report("full")).toMatchObject({ names: { 0: PLATE }, wanted: { 0: 20 } });
    });
  });

  describe("prototypes that are gone", () => {
    const gone = new Set([GEAR]);

    test("the engine throws the items away; what the mod's buffer holds goes back to the cluster; no total changes", () => {
      const world = play().settle();
      world.world.produce(GEAR, 6);
      world.importNamed({ [GEAR]: 9 });
      world.world.pass(1);
      world.load(world.world.save(), gone);
      expect(world.look()).toMatchObject({ received: { [GEAR]: 9 }, held: { [GEAR]: 9 }, consumed: { [GEAR]: 6 } });
      expect(world.begin()).toMatchObject({ untakeable: [GEAR], received: { 0: 9 } });
      world.lease(100);
      world.eachTick(5, (look) => expect(strayIn(look)).toEqual({}));
      expect(world.look().exported).toEqual({ [GEAR]: 9 });
    });

    test("it is refused by name and by number, asked for by no chest, and comes back with its prototype", () => {
      const world = play().settle();
      world.world.request(GEAR, 10);
      world.world.pass(1);
      world.load(world.world.save(), gone);
      world.begin();
      world.world.pass(1);
      expect(world.importNamed({ [GEAR]: 4 })).toMatchObject({ untakeable: [GEAR] });
      expect(world.importCompact([[0, 4]])).toMatchObject({ untakeable: [GEAR] });
      expect(world.look()).toMatchObject({ received: {} });
      expect(amountIn(world.look().wanted, GEAR)).toBe(0);
      expect(world.world.produce(GEAR, 5)).toBe(0);
      world.load(world.world.save());
      expect(world.begin()).toMatchObject({ untakeable: [] });
      expect(world.importNamed({ [GEAR]: 4 })).toMatchObject({ untakeable: [], received: { 0: 4 } });
    });
  });

  describe("hands", () => {
    test("no act makes or loses an item", () => {
      const world = play().settle();
      world.world.request(ORE, 10);
      world.world.pass(1);
      world.importNamed({ [ORE]: 40 });
      world.world.pass(1);
      expect(world.world.carry(ORE, 3)).toBe(3);
      world.world.pass(1);
      world.world.request(ORE, 4);
      expect(world.world.giveBack(ORE)).toBe(6);
      expect(world.world.consume(ORE, 2)).toBe(2);
      expect(world.world.collect(ORE, 50)).toBe(3);
      world.eachTick(10, (look) => expect(strayIn(look)).toEqual({}));
      expect(world.look()).toMatchObject({ exported: { [ORE]: 9 }, consumed: { [ORE]: 2 } });
    });

    test("forged items are seen", () => {
      const world = play().settle();
      world.world.forge(ORE, 5);
      expect(strayIn(world.look())).toEqual({ [ORE]: -5 });
    });
  });
};

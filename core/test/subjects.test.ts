import fc from "fast-check";
import { nextBoot } from "#core/boot";
import { idFromName, instanceId, isId, parseWorldId, slaveId, userId, worldId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { isResourceKey, parseResource, resourceKey } from "#core/resource";
import {
  encodeToken,
  FACT_TYPES,
  parseDeliverySubject,
  parseEventSubject,
  parseMasterCommandSubject,
  parseMessageSubject,
  parseQuerySubject,
  parseRenewSubject,
  parseSlaveCommandSubject,
  parseTelemetrySubject,
  SELF,
  subjects,
} from "#core/subjects";

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/).filter((text) => text !== "master");
const anyText = fc.string({ unit: "grapheme", maxLength: 40 });

test("every id is one NATS token, and nothing else is an id", () => {
  fc.assert(fc.property(id, (text) => expect(instanceId(text)).toBe(text)));
  for (const bad of ["", "*", ">", "a.b", "a b", "-a", "A", "ä", "a".repeat(33), "a\n", "$SYS", "_"]) {
    expect(isId(bad)).toBe(false);
    for (const make of [instanceId, slaveId, userId]) expect(() => make(bad)).toThrow(/not a .* id/);
  }
  expect(() => slaveId("master")).toThrow(/projector/);
});

test("what is built is parsed to the same parts", () => {
  fc.assert(
    fc.property(id, id, id, fc.constantFrom(...FACT_TYPES), (a, b, c, type) => {
      const [slave, instance, user] = [slaveId(a), instanceId(b), userId(c)];
      expect(parseEventSubject(subjects.event(slave, instance, type))).toEqual({ slave, instance, type });
      expect(parseDeliverySubject(subjects.delivery(slave, instance))).toEqual({ slave, instance });
      expect(parseTelemetrySubject(subjects.telemetry(slave, SELF))).toEqual({ slave, instance: SELF });
      for (const target of [instance, SELF] as const) {
        expect(parseSlaveCommandSubject(subjects.command(user, slave, target, "start"))).toEqual({
          user,
          slave,
          instance: target,
          verb: "start",
        });
      }
      expect(parseMasterCommandSubject(subjects.masterCommand(user, "world", "new"))).toEqual({
        user,
        noun: "world",
        verb: "new",
      });
      expect(parseMasterCommandSubject(subjects.masterCommand(user, "world", "new", instance))).toEqual({
        user,
        noun: "world",
        verb: "new",
        instance,
      });
      expect(parseRenewSubject(subjects.renew(slave))).toBe(slave);
      expect(parseDeliverySubject(subjects.notice(slave))).toBeUndefined();
      expect(parseQuerySubject(subjects.query(user, "link"))).toEqual({ caller: user, noun: "link" });
      for (const to of [undefined, instanceId(c)]) {
        const subject = subjects.message(slave, instance, to, "my_mod-x");
        expect(parseMessageSubject(subject)).toEqual({ slave, instance, to, channel: "my_mod-x" });
      }
    }),
  );
});

test("what is not of the grammar is nothing, never an exception", () => {
  const parsers = [
    parseEventSubject,
    parseDeliverySubject,
    parseMessageSubject,
    parseTelemetrySubject,
    parseSlaveCommandSubject,
    parseMasterCommandSubject,
    parseQuerySubject,
    parseRenewSubject,
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(anyText, fc.constantFrom("clusterio", "v1", "event", "master", "*", ">")), { maxLength: 8 }),
      (tokens) => {
        for (const parse of parsers) expect(() => parse(tokens.join("."))).not.toThrow();
      },
    ),
  );
  expect(parseEventSubject("clusterio.v1.event.a.b")).toBeUndefined();
  expect(parseEventSubject("clusterio.v1.event.a.*.world-left")).toBeUndefined();
  for (const more of ["*", ">", "", "north.south"])
    expect(parseMasterCommandSubject(`clusterio.v1.command.ada.master.world.new.${more}`)).toBeUndefined();
  expect(parseSlaveCommandSubject("clusterio.v1.command.u.master.world.new")).toBeUndefined();
});

test("any text makes one token, and comes back", () => {
  fc.assert(
    fc.property(
      anyText.filter((text) => text !== ""),
      (text) => {
        const token = encodeToken(text);
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeURIComponent(token.replaceAll("_", "%"))).toBe(text);
      },
    ),
  );
});

test("ids made from names are ids, and never a taken one", () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 12 }), (names) => {
      const taken = new Set<string>();
      for (const name of names) {
        const made = idFromName(name, (text) => taken.has(text));
        expect(isId(made)).toBe(true);
        expect(taken.has(made)).toBe(false);
        taken.add(made);
      }
    }),
  );
  expect(idFromName("Nauvis Süd (1)", () => false)).toBe("nauvis-su-d-1");
  expect(idFromName("!!!", () => false)).toBe("instance");
  expect(idFromName("a", (text) => text === "a" || text === "a-2")).toBe("a-3");
});

test("a world's id is its line of descent", () => {
  expect(worldId({ instance: instanceId("north"), generation: 2 })).toBe("north.2");
  expect(parseWorldId("north.2.0a1b2c3d")).toMatchObject({ instance: "north", generation: 2, parentHash: "0a1b2c3d" });
  for (const bad of ["north", "north.0", "north.01", "north.1.xyz", "north.1.0a1b2c3d.e", ".1", "North.1"]) {
    expect(() => parseWorldId(bad)).toThrow(/not a world id/);
  }
});

test("a resource has one spelling", () => {
  expect(parseResource("item:iron-plate")).toEqual({ kind: "item", name: "iron-plate", quality: "normal" });
  expect(parseResource("item:iron-plate:rare")).toMatchObject({ quality: "rare" });
  expect(parseResource("fluid:steam:-165")).toEqual({ kind: "fluid", name: "steam", temperature: -165 });
  expect(parseResource("energy")).toEqual({ kind: "energy" });
  for (const bad of [
    "item:",
    "item:a:normal",
    "item:a:b:c",
    "fluid:water",
    "fluid:water:1.5",
    "fluid:water:-0",
    "fluid:water:015",
    "energy:1",
    "iron",
    "__proto__",
  ]) {
    expect(isResourceKey(bad)).toBe(false);
    expect(() => resourceKey(bad)).toThrow(/not a resource/);
  }
});

test("a level's subject has four tokens for any resource", () => {
  for (const key of ["item:iron-plate", "item:a b.c:rare", "fluid:steam:-165", "energy"]) {
    expect(subjects.storage(resourceKey(key)).split(".")).toHaveLength(6);
  }
  expect(subjects.storage(resourceKey("item:iron-plate"))).toBe("clusterio.v1.storage.item.iron-plate.normal");
});

test("a later boot is greater, also when the clock went back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 2, maxLength: 20 }), (times) => {
      const random = new SeededRandom(1);
      let last: ReturnType<typeof nextBoot> | "" = "";
      for (const now of times) {
        const next: ReturnType<typeof nextBoot> = nextBoot(now, last, random);
        expect(next > last).toBe(true);
        last = next;
      }
    }),
  );
});

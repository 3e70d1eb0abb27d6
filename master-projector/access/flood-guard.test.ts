import { FloodGuard, type FloodLimits } from "#projector/access/flood-guard";

const LIMITS: FloodLimits = {
  ...{ alarmMessages: 10, alarmBytes: 1_000, alarmWindows: 4 },
  ...{ pauseMessages: 20, pauseBytes: 2_000, pauseWindows: 2, instances: 5 },
};
const subject = (slave: string, instance = "north") => `clusterio.v1.event.${slave}.${instance}.world-reported`;
const guard = () => new FloodGuard(LIMITS);
const say = (it: FloodGuard, slave: string, messages: number, bytes = 1) => {
  for (let n = 0; n < messages; n++) it.take(subject(slave), bytes);
};

test("a busy slave within the limits is left alone, and so is his neighbour of the one that floods", () => {
  const it = guard();
  for (let window = 0; window < 10; window++) {
    say(it, "busy", 10, 100);
    say(it, "loud", 30);
    expect(it.newWindow().filter(({ slave }) => slave === "busy")).toEqual([]);
  }
});

test("one above the limits is told once, paused after some seconds running, and forgiven after a quiet one", () => {
  const it = guard();
  const windows = (messages: number, bytes = 1) => {
    say(it, "loud", messages, bytes);
    return it
      .newWindow()
      .map(({ kind }) => kind)
      .join();
  };
  expect([windows(11), windows(11), windows(0), windows(11)]).toEqual(["alarm", "", "", "alarm"]);
  expect([windows(11), windows(11), windows(11), windows(0)]).toEqual(["", "", "pause", ""]);
  expect([windows(21), windows(5), windows(21), windows(1, 3_000)]).toEqual(["alarm", "", "alarm", "pause"]);
});

test("one that makes up instances is revoked at once", () => {
  const it = guard();
  const names = (count: number) => {
    for (let n = 0; n < count; n++) it.take(subject("liar", `i-${n}`), 1);
    return it.newWindow().filter(({ kind }) => kind === "revoke");
  };
  expect(names(5)).toEqual([]);
  // FG2: no more of them are remembered than it takes to know.
  const reason = "more than 100 messages, 100 bytes, 6 instances in a second";
  expect(names(100)).toEqual([{ slave: "liar", kind: "revoke", reason }]);
});

test("what is nobody's counts against nobody", () => {
  const it = guard();
  for (let n = 0; n < 100; n++)
    for (const odd of ["clusterio.v1.event", "x", "clusterio.v1.event.A B.c.d", ""]) it.take(odd, 1_000);
  expect(it.newWindow()).toEqual([]);
});

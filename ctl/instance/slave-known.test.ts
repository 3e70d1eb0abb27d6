import { judgeSlave, type SlaveSeen } from "#ctl/instance/slave-known";

const BOOK = [
  { slave: "home", state: "active" },
  { slave: "attic", state: "active" },
  { slave: "old", state: "revoked" },
] as const;
const judge = (slave: string, is: SlaveSeen["is"] = "away", listed: SlaveSeen["listed"] = BOOK) =>
  judgeSlave({ slave, is, listed });

test("a slave that is there, or that is known and away, takes an instance; a slip of the pen is told with what was meant", () => {
  expect(judge("home", "present")).toEqual({ kind: "there" });
  expect(judge("home")).toEqual({
    kind: "waits",
    says: expect.stringMatching(/home is not there now: .* when it comes/),
  });
  expect(judge("hoem")).toEqual({
    kind: "unknown",
    says: expect.stringMatching(
      /^there is no slave "hoem"; did you mean "home"\? there are home, attic; --yet-unknown /,
    ),
  });
  expect(judge("old")).toEqual({ kind: "unknown", says: expect.stringMatching(/^the slave "old" is revoked/) });
  expect(judge("home", "away", [])).toMatchObject({ says: expect.stringMatching(/none yet: clusterio slave token/) });
});

test("where nobody may say which slaves there are, or one hears and does not answer, nothing is refused", () => {
  expect(judgeSlave({ slave: "hoem", is: "away", listed: undefined })).toMatchObject({ kind: "waits" });
  expect(judge("hoem", "silent")).toMatchObject({ kind: "waits", says: expect.stringMatching(/does not answer/) });
});

import { refused } from "#core/errors";
import { instanceId, slaveId, userId } from "#core/ids";
import { SELF, subjects } from "#core/subjects";
import { answered, orRight } from "#ctl/client/unanswered";

const ann = userId("ann");
const SLAVE = subjects.command(ann, slaveId("attic"), instanceId("north"), "start");
const ITSELF = subjects.command(ann, slaveId("attic"), SELF, "status");
const MASTER = subjects.masterCommand(ann, "storage", "adjust");
const QUERY = subjects.query(ann, "cluster");

test.each([
  [QUERY, /^no master of this cluster answers: start one .*clusterio doctor$/],
  [MASTER, /^no master of this cluster answers/],
  [SLAVE, /^the slave attic is away: start clusterio-bridge there.*clusterio status/],
])("%s: nobody is there, and what to do is said", (subject, said) => {
  expect(() => answered({ kind: "nobody" }, subject, 1)).toThrow(said);
});

test.each([
  [QUERY, "the master gave no answer to cluster within 1.5 s"],
  [SLAVE, "the slave attic gave no answer to start within 1.5 s"],
])("%s: silence is told with who and how long", (subject, said) => {
  expect(() => answered({ kind: "timeout" }, subject, 1_500)).toThrow(said);
  expect(() => answered({ kind: "timeout" }, subject, 1_500)).toThrow(expect.objectContaining({ code: "unavailable" }));
});

test.each([
  [SLAVE, "instance.start on north"],
  [ITSELF, "slave.status"],
  [MASTER, "storage.adjust"],
  [QUERY, "ask.all"],
])("%s: what the broker refuses is named as roles name it", async (subject, right) => {
  await expect(orRight(Promise.reject(refused("x")), subject)).rejects.toThrow(`you may not ${right}: ask an admin`);
});

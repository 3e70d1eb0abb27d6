import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realGameFiles } from "#bridge/game/adapters/game-files";
import { followReports } from "#bridge/game/report-follower";
import { nodeDisk } from "#core/adapters/node-disk";
import { until } from "#test/kit/until";

describe("following reports", () => {
  test("part after part; parts that were read and those of other sessions are deleted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bridge-reports-"));
    const parts = join(folder, "clusterio");
    await mkdir(parts);
    await writeFile(join(parts, "oldtoken123-4.jsonl"), "stale\n");
    await writeFile(join(parts, ".bridge"), "");
    await writeFile(join(parts, "token123456-0.jsonl"), "one\n");
    const lines: string[] = [];
    const from = { folder, file: "clusterio/token123456-0.jsonl" };
    const stop = followReports({ disk: nodeDisk, files: realGameFiles }, from, (line) => lines.push(line));
    const left = async () => (await readdir(parts)).sort().join();
    await until(async () => !(await left()).includes("old"), { what: "the other session's part is gone" });
    await until(() => lines.length === 1, { what: "the first line is read" });
    expect(await left()).toBe(".bridge,token123456-0.jsonl");
    await appendFile(join(parts, "token123456-0.jsonl"), "two\n");
    await until(() => lines.length === 2, { what: "the first part is read" });
    // The game may write the next part before anybody looked at the last line of this one.
    await writeFile(join(parts, "token123456-1.jsonl"), "three\n");
    await appendFile(join(parts, "token123456-0.jsonl"), '{"next":"clusterio/token123456-1.jsonl"}\n');
    await until(() => lines.length === 3, { what: "the second part is read" });
    await until(async () => (await left()) === ".bridge,token123456-1.jsonl", {
      what: "the rest is gone",
    });
    stop();
    expect(lines).toEqual(["one", "two", "three"]);
    await rm(folder, { recursive: true, force: true });
  });
});

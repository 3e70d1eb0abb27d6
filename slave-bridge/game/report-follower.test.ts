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
    const stop = followReports({ disk: nodeDisk, files: realGameFiles, journal: () => {} }, from, (line) =>
      lines.push(line),
    );
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

  test("old parts that cannot be removed are told, and the reports go on", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bridge-reports-"));
    await mkdir(join(folder, "clusterio"));
    await writeFile(join(folder, "clusterio/oldtoken123-4.jsonl"), "stale\n");
    await writeFile(join(folder, "clusterio/token123456-0.jsonl"), "one\n");
    const remove = () => Promise.reject(new Error("EIO: the disk is tired"));
    const lines: string[] = [];
    const told: string[] = [];
    const ports = {
      ...{ disk: nodeDisk, files: { ...realGameFiles, remove } },
      journal: (level: string, message: string) => void told.push(`${level}: ${message}`),
    };
    const from = { folder, file: "clusterio/token123456-0.jsonl" };
    const stop = followReports(ports, from, (line) => lines.push(line));
    await until(() => lines.length === 1 && told.length === 1, { what: "the line is read and the trouble is told" });
    stop();
    expect(told).toEqual(["warn: old reports stay on the disk: EIO: the disk is tired"]);
    await rm(folder, { recursive: true, force: true });
  });
});

import { type Found, judge, listedHash, nothingWorks, releaseName } from "#ctl/nats-server/decide";
import { compareVersions, isNewEnough, parseVersion, versionText } from "#ctl/nats-server/version";

const server = (version: string): Found => ({
  kind: "server",
  path: "/x/nats-server",
  version: parseVersion(version)!,
});

test.each([
  ["nats-server: v2.15.1\n", "2.15.1"],
  ["nats-server: v2.16.0-RC.1", "2.16.0"],
  ["2.14.0", "2.14.0"],
  ["nats-server: v2.10.27", "2.10.27"],
])("%p is version %s", (output, version) => {
  expect(versionText(parseVersion(output)!)).toBe(version);
});

test.each(["", "GNU bash, version 5", "12.1", "not a version"])("%p tells no version", (output) => {
  expect(parseVersion(output)).toBeUndefined();
});

test("versions are compared as numbers, and 2.14 is where new enough begins", () => {
  const sorted = ["2.9.30", "2.10.1", "2.14.0", "2.14.10", "3.0.0"];
  expect([...sorted].reverse().sort((a, b) => compareVersions(parseVersion(a)!, parseVersion(b)!))).toEqual(sorted);
  expect(sorted.map((version) => isNewEnough(parseVersion(version)!))).toEqual([false, false, true, true, true]);
});

test("a server that is new enough is used wherever it is", () => {
  for (const place of ["named", "path", "cache"] as const) {
    expect(judge(place, server("2.14.0"))).toMatchObject({ kind: "use", path: "/x/nats-server" });
  }
});

test("one too old is skipped with a line, and refused with version and remedy when the user named it", () => {
  expect(judge("path", server("2.10.27"))).toEqual({
    kind: "skip",
    line: expect.stringMatching(/x\/nats-server.*2\.10\.27.*2\.14/),
  });
  expect(judge("named", server("2.10.27"))).toEqual({
    kind: "refuse",
    message: expect.stringMatching(/x\/nats-server.*2\.10\.27.*2\.14.*CLUSTERIO_NATS_SERVER/),
  });
});

test("one that cannot be run is treated alike; nothing is nothing", () => {
  const broken: Found = { kind: "broken", path: "/x/nats-server", reason: "EACCES" };
  expect(judge("path", broken)).toMatchObject({ kind: "skip", line: expect.stringContaining("EACCES") });
  expect(judge("named", broken)).toMatchObject({ kind: "refuse", message: expect.stringContaining("EACCES") });
  expect(judge("cache", { kind: "nothing" })).toEqual({ kind: "skip" });
});

test("the release's archive is named after the machine", () => {
  expect(releaseName("2.15.1", "linux", "x64")).toBe("nats-server-v2.15.1-linux-amd64");
  expect(releaseName("2.15.1", "darwin", "arm64")).toBe("nats-server-v2.15.1-darwin-arm64");
  expect(releaseName("2.15.1", "linux", "mips")).toBeUndefined();
  expect(releaseName("2.15.1", "aix", "ppc64")).toBeUndefined();
});

test("a hash is found by the whole name of its file", () => {
  const sums = [`${"a".repeat(64)}  x.tar.gz`, `${"b".repeat(64)} *y.tar.gz`, `${"c".repeat(64)}  z.tar.gz.sig`].join(
    "\n",
  );
  expect(listedHash(sums, "x.tar.gz")).toBe("a".repeat(64));
  expect(listedHash(sums, "y.tar.gz")).toBe("b".repeat(64));
  expect(listedHash(sums, "z.tar.gz")).toBeUndefined();
  expect(listedHash("nonsense", "x.tar.gz")).toBeUndefined();
});

test("where nothing works one message says what failed, what to install and how to point to it", () => {
  const message = nothingWorks(["the release: away", "the package: no apt"]);
  for (const part of ["the release: away", "the package: no apt", "2.14", "CLUSTERIO_NATS_SERVER="]) {
    expect(message).toContain(part);
  }
});

import { orFull } from "#core/adapters/disk-full";

test("a write that found no room says so, and where; any other error is what it was", () => {
  for (const code of ["ENOSPC", "EDQUOT", "EFBIG"])
    expect(orFull("/data/north", Object.assign(new Error("write"), { code }))).toMatchObject({
      code: "unavailable",
      message: "the disk of /data/north is full: make room there and try again",
    });
  const other = Object.assign(new Error("no"), { code: "EACCES" });
  expect(orFull("/data", other)).toBe(other);
  expect(orFull("/data", undefined)).toBeUndefined();
});

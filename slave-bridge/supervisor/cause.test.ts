import { causeOf } from "#bridge/supervisor/cause";

const of = (line: string, exit: { code?: number; signal?: string } = { code: 1 }) =>
  causeOf({ ...exit, lastLines: ["   0.1 Info A.cpp:1: fine", line, "   0.9 Goodbye"] })?.kind;

describe("why a game ended", () => {
  test.each([
    ["   0.3 Error X.cpp:1: MultiplayerManager failed: Host address is already in use.", "port"],
    ["   0.3 Error X.cpp:1: Can't bind socket: Address already in use", "port"],
    ["   0.3 Error X.cpp:1: Can't bind socket: Permission denied", "port"],
    ["   0.3 Error Util.cpp:1: Couldn't create lock file /x/.lock: Is another instance already running?", "lock"],
    ["   9.1 Error Y.cpp:1: write failed: No space left on device", "disk"],
    ["terminate called after throwing an instance of 'std::bad_alloc'", "memory"],
    [
      "   1.2 Error Map.cpp:1: Map version 2.1.9-0 cannot be loaded because it is higher than the game version (2.0.76-0).",
      "version",
    ],
    ["   1.2 Error Main.cpp:1045: the save was made by version 2.1", "version"],
    ["   1.2 Error Main.cpp:1045: Failed to load mods: test-items is not there", "mods"],
    ["   1.2 Error Main.cpp:1045: The mod Bad Mod (1.0.0) caused a non-recoverable error.", "mods"],
    ["   1.2 Error Main.cpp:1045: not a zip: invalid zip data", "save"],
    ["   1.2 Error Main.cpp:1045: level.dat0 is missing in the save", "save"],
    ["   1.2 Error Main.cpp:1045: Couldn't load map: unexpected end of stream", "save"],
    ["/opt/factorio: error while loading shared libraries: libX11.so.6", "binary"],
  ])("%s", (line, kind) => {
    expect(of(line)).toBe(kind);
  });

  test("how its process ended counts where no line says more", () => {
    expect(of("   5.0 Saving", { signal: "SIGKILL" })).toBe("memory");
    expect(of("   5.0 Saving", { signal: "SIGSEGV" })).toBe("crash");
    expect(of("sh: not found", { code: 127 })).toBe("binary");
    expect(of("   1.2 Error: No space left on device", { signal: "SIGABRT" })).toBe("disk");
    expect(of("   5.0 Saving")).toBeUndefined();
  });

  test("what players and scripts say is no cause", () => {
    expect(of("2026-08-02 02:16:35 [CHAT] ann: Host address is already in use")).toBeUndefined();
    expect(of("   5.000 Script @__mod__/a.lua:1: couldn't load map")).toBeUndefined();
  });
});

import { anchorOf } from "#bridge/game/log-line";

describe("the server's log", () => {
  test.each([
    [
      "   0.567 Info ServerMultiplayerManager.cpp:808: updateTick(926) changing state from(CreatingGame) to(InGame)",
      "ready",
    ],
    ["   0.571 Info RemoteCommandProcessor.cpp:131: Starting RCON interface at IP ADDR:({127.0.0.1:27015})", "rcon"],
    ["  12.345 Info AppManager.cpp:306: Saving to _autosave3 (non-blocking).", "saving"],
    [" 112.000 Saving game as /x/saves/auto-1.zip", "saving"],
    [" 112.000 Saving map as /x/saves/world-a.zip", "saving"],
    [" 112.900 Info AppManager.cpp:439: Saving finished", "saved"],
    [" 113.000 Info MainLoop.cpp:400: Saving progress: 100.000000%", "saved"],
    [
      "   0.300 Error ServerMultiplayerManager.cpp:95: MultiplayerManager failed: Host address is already in use.",
      "failed",
    ],
    ["   0.300 Error Util.cpp:97: Can't bind socket: Address already in use", "failed"],
    [
      "   0.200 Info ServerMultiplayerManager.cpp:808: updateTick(0) changing state from(Ready) to(InitializationFailed)",
      "failed",
    ],
    ["   0.543 Loading map /x.zip: 863501 bytes.", undefined],
    ["  13.000 Saving progress: 40.000000%", undefined],
  ])("%s", (line, anchor) => {
    expect(anchorOf(line)).toBe(anchor);
  });

  test("players and scripts cannot imitate it", () => {
    expect(
      anchorOf("2026-08-02 02:16:35 [CHAT] ann: 0.567 changing state from(CreatingGame) to(InGame)"),
    ).toBeUndefined();
    expect(anchorOf("changing state from(CreatingGame) to(InGame)")).toBeUndefined();
  });
});

// node --conditions=source -r ./sim/factorio/test/register-swc.cjs sim/factorio/test/write-interface.ts: after another typed-factorio.
import { GAME_LINES } from "#sim/factorio/game-version";
import { writeInterface } from "#sim/factorio/test/interface";

for (const line of GAME_LINES) writeInterface(line);

import { chooseInstall } from "#bridge/factorio/choose";
import type { FactorioInstalls } from "#bridge/factorio/port";
import type { Games } from "#bridge/install";
import type { BridgeSettings } from "#bridge/ports";

/** What the bridge was given and what is installed, as one choice. */
export const gamesOf = (settings: BridgeSettings, installs: FactorioInstalls): Games => ({
  async choose(pinned, madeBy) {
    const { install: given, mods, standsIn = false, modsOf } = settings;
    const there = {
      given,
      givenStandsIn: standsIn,
      installed: await installs.list(),
      channels: await installs.channels(),
    };
    const install = chooseInstall(pinned, there, madeBy);
    return { install, mods: install.line === given.line || modsOf === undefined ? mods : await modsOf(install.line) };
  },
});

import { BRIDGE } from "#bridge/program";
import { commandsFor, type Program } from "#core/cli";
import { commandsPage, type PageProgram } from "#core/terminal/commands-page";
import { specOf } from "#core/terminal/spec";
import { CLUSTERIO } from "#ctl/program";
import { PROJECTOR } from "#projector/program";

const pageOf = async (program: Program): Promise<PageProgram> => ({
  ...{ name: program.name, label: program.label, values: program.values ?? {} },
  specs: (await commandsFor(program, undefined)).map(specOf),
});

/** What docs/commands.md has to be. */
export const commandsPageNow = async (): Promise<string> =>
  commandsPage(await Promise.all([CLUSTERIO, BRIDGE, PROJECTOR].map(pageOf)));

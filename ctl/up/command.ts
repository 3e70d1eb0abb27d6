import { Command, Option } from "clipanion";
import * as t from "typanion";
import { type DaemonContext, runDaemon } from "#core/lifecycle";
import { ShowingCommand } from "#core/terminal/results";
import { upOptions } from "#ctl/up/options";
import { BRIDGE_STOP_MS } from "#ctl/up/services";
import { up } from "#ctl/up/up";

/** More servers on one machine than this are started by hand, on several machines. */
const WORLDS_MAX = 50;
const SPEED_MAX = 1_000;
/** A day; who wants longer leaves --for out. */
const SECONDS_MAX = 86_400;
/** The bridge has the longest time of its own; the others and the count come on top. */
const STOP_MS_MAX = BRIDGE_STOP_MS + 60_000;

const between = (min: number, max: number) => t.cascade(t.isNumber(), [t.isInInclusiveRange(min, max)]);
const whole = (min: number, max: number) => t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(min, max)]);

export class UpCommand extends ShowingCommand {
  static override paths = [["up"]];
  static override usage = Command.Usage({
    category: "Cluster",
    description: "run a whole cluster on this machine",
    details: `
      Starts a nats-server, the projector, the bridge and three worlds that trade with each other, and shows them until
      Ctrl-C, which stops everything in order. State is kept in a folder: the next start goes on where this one stopped,
      also after a power cut or \`kill -9\` of everything, and takes over what still runs.

      With --for and -o json the count is one JSON object in the last line, and progress goes to standard error.

      Without \`--factorio\` the worlds run on a stand-in, not on the real game.

      A nats-server 2.14 or newer is looked for in the environment variable CLUSTERIO_NATS_SERVER, on the PATH and in the
      cache, and fetched when there is none.

      Exit codes: 0 stopped as asked, or the count came out even; 1 failed, or it did not; 2 bad arguments; 3 something is
      not available (a port, a program, a game that does not start); 4 another \`up\` uses the folder.
    `,
    examples: [
      ["A cluster on the stand-in, until Ctrl-C", "$0 up"],
      ["On real Factorio servers", "$0 up --factorio /opt/factorio"],
      ["20 seconds, then count every item", "$0 up --for 20 --json"],
    ],
  });

  dir = Option.String("--dir", "./.clusterio", {
    description: "Folder for everything that is kept (default ./.clusterio).",
  });
  factorio = Option.String("--factorio", {
    description: "Folder of a Factorio headless server (the one with bin/x64/factorio). Without it, the stand-in runs.",
  });
  forSeconds = Option.String("--for", {
    description:
      "Run this many seconds from the moment the worlds are linked, then freeze them, count every item, and stop.",
    validator: between(0.1, SECONDS_MAX),
  });
  worlds = Option.String("--worlds", "3", {
    description: `How many worlds a new cluster gets, 1 to ${WORLDS_MAX} (default 3). An existing one keeps those it has.`,
    validator: whole(1, WORLDS_MAX),
  });
  speed = Option.String("--speed", {
    description: `How many times as fast as normal the stand-in runs, 0.1 to ${SPEED_MAX} (default 1). Not with --factorio.`,
    validator: between(0.1, SPEED_MAX),
  });
  http = Option.String("--http", {
    description: "Loopback port of the projector's /metrics and /healthz (default: a free one, then always the same).",
    validator: whole(1, 65_535),
  });
  brokerOnly = Option.Boolean("--broker-only", false, {
    description:
      "Start the nats-server and nothing else: for `clusterio backup restore` into a broker that lost its data.",
  });
  natsUrl = Option.String("--nats-url", {
    description:
      "Use this NATS server, nats://host:port, instead of starting one. Needs --core-creds and --edge-creds.",
  });
  coreCreds = Option.String("--core-creds", {
    description: "With --nats-url: file with credentials of the CORE account, for the projector.",
  });
  edgeCreds = Option.String("--edge-creds", {
    description:
      "With --nats-url: file with credentials of the EDGE account, for the bridge and for commands. Those of a slave are for the bridge only: then add --user-creds.",
  });
  userCreds = Option.String("--user-creds", {
    description: "With --nats-url: file with credentials of a user of EDGE, for commands.",
  });

  override async execute(): Promise<number> {
    const run = (context: DaemonContext) => {
      this.checkFormat();
      return up(upOptions(this, process.cwd()), context);
    };
    return runDaemon(run, { stopMsMax: STOP_MS_MAX });
  }
}

import type { BridgeWatch } from "#sim/cluster/bridge-watch";
import type { ToldMaps } from "#sim/cluster/maps";
import type { Setting } from "#sim/cluster/setting";
import type { Save } from "#sim/cluster/world";

const BEGIN = "/clusterio-begin ";
const ADOPT = "/clusterio-adopt ";
const IMPORT = /^\/(?:ci|clusterio-import) /;

/** What a game says of itself. */
const tell = (folder: ToldMaps, reply: string): void => {
  const { world = "", seed } = JSON.parse(reply) as { readonly world?: string; readonly seed?: number };
  if (world !== "" && seed !== undefined) folder.tell(world, seed);
};

const NO_SESSION = { token: "", world: "", tick: 0 };

/** One instance's games, seen from outside: what bridges order of them (C23, C27), and which saves they go on from (H10). */
export class GameWatch {
  /** As the game said when its session began; without a token when none has. */
  #session = NO_SESSION;
  /** An operator said that the id-less save is its world, or a new one. */
  decided = false;
  /** What this run writes is known to be its world's own. */
  #runIsOwn = false;
  /** The newest save of the world's own that opens, since an operator gave another. */
  #lastOwn: Save | undefined;

  constructor(
    private readonly setting: Pick<Setting, "weather" | "broke" | "handed">,
    private readonly instance: string,
  ) {}

  /** A game is started from this save. A clock that jumps back makes an older one look newer. */
  started(save: Save, own: boolean): void {
    const newest = this.#lastOwn;
    const same = save.world === newest?.world && save.tick === newest.tick;
    if (newest !== undefined && !same && this.setting.weather.odds["clock-jump"] === 0) {
      const [from, to] = [`${save.world} tick ${save.tick}`, `${newest.world} tick ${newest.tick}`];
      this.setting.broke("crash cost", `${this.instance} goes on from ${from}, its newest own save is ${to}`);
    }
    this.#runIsOwn = own;
    this.decided = false;
    this.#session = NO_SESSION;
  }

  /** The bridge takes what runs for this world of its instance. */
  belongs(world: string): void {
    if (!world.startsWith(`${this.instance}.`))
      this.setting.broke("C14", `${this.instance} takes ${world} for a world of its own`);
    this.#runIsOwn = true;
  }

  /** The game has written a save that opens. */
  written(save: Save): void {
    if (this.#runIsOwn) this.#lastOwn = save;
  }

  /** An operator gives another save to go on from. */
  given(): void {
    this.#lastOwn = undefined;
  }

  /** The game is about to carry this command out. Only what names its session is taken in. */
  before(text: string, bridge: BridgeWatch | undefined): void {
    const { token, world, tick } = this.#session;
    if (token === "") return;
    if (IMPORT.test(text) && text.includes(token.slice(0, 4))) this.setting.handed(world, token);
    if (world !== "" || !text.startsWith(ADOPT)) return;
    const order = JSON.parse(text.slice(ADOPT.length)) as { readonly token: string; readonly world: string };
    // One of an earlier session was long under way: the game refuses it.
    if (order.token === token) bridge?.adopts(order.world, tick, this.decided);
  }

  /** It has replied. Whoever adopts knows what, and on which map. */
  after(text: string, reply: string | undefined, folder: ToldMaps): void {
    if (reply !== undefined && text.startsWith(ADOPT)) tell(folder, reply);
    if (reply === undefined || !text.startsWith(BEGIN)) return;
    const { world, tick } = JSON.parse(reply) as { readonly world?: string; readonly tick?: number };
    const { token } = JSON.parse(text.slice(BEGIN.length)) as { readonly token: string };
    if (world !== undefined && tick !== undefined) this.#session = { token, world, tick };
  }

  /** Its reply has come to the bridge. */
  told(text: string, reply: string, folder: ToldMaps): void {
    if (text.startsWith(BEGIN)) tell(folder, reply);
  }
}

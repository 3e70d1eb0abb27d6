// Prototypes came or went. Signals of those that are gone can't be written any more, so everything is read and told anew: what wires
// carry at the next visits, what others say with the next session, which every start of a server begins.
import type { Feed } from "./circuit-state";
import { forgetTold, isHeard } from "./feeds";
import { rewrite } from "./showers";

function emptied(feed: Feed): void {
  forgetTold(feed);
  feed.own = new LuaMap();
  feed.signals = [];
  feed.slotOf = new LuaMap();
  feed.values = [];
  feed.log = [];
  feed.unsaid = [];
  feed.isUnsaid = new LuaMap();
  for (const shower of feed.showers) rewrite(shower);
}

export function forgetPrototypes(): void {
  const { circuits } = storage;
  for (const transmitter of circuits.transmitters.all) {
    transmitter.signals = [];
    transmitter.counts = [];
  }
  for (const number of $range(0, circuits.lastFeed)) {
    const feed = circuits.feeds.get(number);
    if (feed !== undefined) {
      emptied(feed);
      if (isHeard(feed)) circuits.mustHear = true;
    }
  }
}

// Messages between the mods of the cluster's worlds. At most once: nothing is kept or repeated, so a message that meets no link,
// or a world that rolls back, is gone. What must arrive is stated again by its sender (docs/adr/0049).
//
// MM1  `heard` of a session only grows: a message with a number that is not above it was told before.
// MM2  What may be sent in a stretch of time is bounded by `allowance`, which ticks fill up.
import { field, jsonNumber, jsonObject, jsonString, type Parsed } from "./json";
import {
  channel_bytes_max,
  inbox_messages_max,
  instance_bytes_max,
  message_allowance_max,
  message_bytes_max,
  message_ticks,
} from "./limits";
import { append, hasRoom } from "./report";
import { mayCollect, type Refused } from "./session";
import { isUtf8 } from "./utf8";

function matches(value: unknown, bytes_max: number, pattern: string): value is string {
  if (typeof value !== "string" || value.length > bytes_max) return false;
  const [match] = string.match(value, pattern);
  return match !== undefined;
}

export function isChannel(value: unknown): value is string {
  return matches(value, channel_bytes_max, "^[%w_-]+$");
}

export function isInstance(value: unknown): value is string {
  return matches(value, instance_bytes_max, "^[a-z0-9][a-z0-9-]*$");
}

export function isData(value: unknown): value is string {
  return typeof value === "string" && value.length <= message_bytes_max && isUtf8(value);
}

/** MM2 */
function mayTalk(): boolean {
  const { talk } = storage;
  const more = math.floor((game.tick - talk.at) / message_ticks);
  if (more > 0) {
    talk.allowance = math.min(message_allowance_max, talk.allowance + more);
    talk.at += more * message_ticks;
  }
  if (talk.allowance < 1) return false;
  talk.allowance -= 1;
  return true;
}

/** Why it was not sent, undefined when it was. `to` undefined: to all others. */
export function send(channel: string, to: string | undefined, data: string): "no-link" | "rate" | undefined {
  if (!mayCollect()) return "no-link";
  if (!hasRoom() || !mayTalk()) return "rate";
  const { session } = storage;
  session.sent += 1;
  const fields = [
    field("token", jsonString(session.token)),
    field("n", jsonNumber(session.sent)),
    field("channel", jsonString(channel)),
  ];
  if (to !== undefined) fields.push(field("to", jsonString(to)));
  fields.push(field("data", jsonString(data)));
  append(jsonObject([field("message", jsonObject(fields))]));
  return undefined;
}

/** Takes a message of another world in; listeners hear of it at the end of the tick. */
export function hear(parsed: Parsed): Refused | undefined {
  const { n, slave, from, channel, data, direct } = parsed;
  const isWhole = typeof n === "number" && isInstance(slave) && isInstance(from) && isChannel(channel) && isData(data);
  if (!isWhole) return { error: "parameter", message: "a message has n, slave, from, channel and data" };
  const { session, inbox } = storage;
  if (n <= session.heard) return undefined; // MM1
  if (inbox.length >= inbox_messages_max) return { error: "full", message: "this game takes in no more in this tick" };
  session.heard = n;
  inbox.push({ slave, from, channel, data, direct: direct === true });
  return undefined;
}

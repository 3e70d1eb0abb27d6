// The console commands of the protocol: parse once here, answer with one line of JSON. Players are refused.
import type { CustomCommandData } from "factorio:runtime";
import { takeCapped } from "./capped";
import { numberSignals, takeInFeed } from "./circuit-commands";
import { sessionBegan } from "./circuit-report";
import { setTime } from "./clock";
import { takeInCompact, takeInNamed } from "./intake";
import { field, jsonArray, jsonNumber, jsonObject, jsonString, parseObject } from "./json";
import { lease_ticks_max } from "./limits";
import { lookedInto, takeFigures } from "./looks";
import { hear } from "./messages";
import { replyReport } from "./report";
import { adopt, begin, extendLease, isTag, type Refused, wholeState, wrongToken } from "./session";
import { showWaiting } from "./wants";

function refusal(refused: Refused): string {
  return jsonObject([field("error", jsonString(refused.error)), field("message", jsonString(refused.message))]);
}

function badParameter(): string {
  return refusal({ error: "parameter", message: "see docs/game-protocol.md for the parameter of this command" });
}

/** `tag rest` of the short commands. */
function splitTag(parameter: string | undefined): { tag: string; rest: string } {
  const [tag, rest] = string.match(parameter ?? "", "^(%S*)%s*(.-)%s*$");
  return { tag: tag ?? "", rest: rest ?? "" };
}

function onBegin(parameter: string | undefined): string {
  const parsed = parseObject(parameter);
  if (parsed === undefined) return badParameter();
  const refused = begin(parsed);
  if (refused !== undefined) return refusal(refused);
  sessionBegan();
  return wholeState();
}

function onAdopt(parameter: string | undefined): string {
  const parsed = parseObject(parameter);
  if (parsed === undefined) return badParameter();
  const refused = adopt(parsed);
  return refused === undefined ? wholeState() : refusal(refused);
}

function notAdopted(): string {
  return refusal({ error: "not-adopted", message: "this save's world is not this instance's: adopt it first" });
}

function unreadable(): string {
  return refusal({
    error: "payload",
    message: "the payload does not parse, or names a number that this save has not given",
  });
}

function imported(untakeable: string[] | undefined, always: boolean): string {
  if (untakeable === undefined) return unreadable();
  const written: string[] = [];
  for (const resource of untakeable) written.push(jsonString(resource));
  const isStated = always || written.length > 0;
  return replyReport(false, isStated ? [field("untakeable", jsonArray(written))] : []);
}

function onCompactImport(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  return imported(takeInCompact(rest), false);
}

function onImport(parameter: string | undefined): string {
  const parsed = parseObject(parameter);
  if (parsed === undefined) return badParameter();
  const { token, totals } = parsed;
  if (token !== storage.session.token || token === "") return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  const named = typeof totals === "object" ? (totals as { [resource: string]: unknown }) : undefined;
  return imported(named === undefined ? undefined : takeInNamed(named), true);
}

function onLease(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  const [digits, time] = string.match(rest, "^(%d+)%s*(%d*)$");
  const ticks = digits === undefined ? undefined : tonumber(digits);
  if (ticks === undefined || ticks > lease_ticks_max) return badParameter();
  extendLease(ticks);
  const second = tonumber(time);
  if (second !== undefined) setTime(second);
  return jsonObject([
    field("tick", jsonNumber(game.tick)),
    field("players", jsonNumber(game.connected_players.length)),
  ]);
}

function onCapped(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  const [digits, payload, names] = string.match(rest, "^(%d+) (%S+) ?(.*)$");
  const at = tonumber(digits);
  if (at === undefined) return badParameter();
  if (!takeCapped(at, payload, names)) return unreadable();
  return jsonObject([field("tick", jsonNumber(game.tick))]);
}

function onFigures(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  const [digits, payload] = string.match(rest, "^(%d+) (%S+)$");
  const n = tonumber(digits);
  if (n === undefined) return badParameter();
  if (!takeFigures(n, payload)) return unreadable();
  for (const port of lookedInto()) showWaiting(port);
  return jsonObject([field("tick", jsonNumber(game.tick))]);
}

function onMessage(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  const parsed = parseObject(rest);
  const refused = parsed === undefined ? undefined : hear(parsed);
  if (parsed === undefined) return badParameter();
  return refused === undefined ? tick() : refusal(refused);
}

function tick(): string {
  return jsonObject([field("tick", jsonNumber(game.tick))]);
}

function onSignals(parameter: string | undefined): string {
  const parsed = parseObject(parameter);
  if (parsed === undefined) return badParameter();
  if (parsed.token !== storage.session.token || parsed.token === "") return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  return numberSignals(parsed) ?? badParameter();
}

function onFeed(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (!storage.session.open) return notAdopted();
  const refused = takeInFeed(rest);
  return refused === undefined ? tick() : refusal(refused);
}

function onReport(parameter: string | undefined): string {
  const { tag, rest } = splitTag(parameter);
  if (!isTag(tag)) return refusal(wrongToken());
  if (rest !== "" && rest !== "full") return badParameter();
  return replyReport(rest === "full", []);
}

function register(name: string, answer: (parameter: string | undefined) => string): void {
  commands.add_command(name, ["clusterio.command-help"], (event: CustomCommandData) => {
    if (event.player_index !== undefined) {
      game.get_player(event.player_index)?.print(["clusterio.not-for-players"]);
      return;
    }
    rcon.print(answer(event.parameter));
  });
}

export function registerCommands(): void {
  register("clusterio-begin", onBegin);
  register("clusterio-adopt", onAdopt);
  register("clusterio-import", onImport);
  register("ci", onCompactImport);
  register("cc", onCapped);
  register("cf", onFigures);
  register("cl", onLease);
  register("cr", onReport);
  register("cm", onMessage);
  register("cs", onFeed);
  register("clusterio-signals", onSignals);
}

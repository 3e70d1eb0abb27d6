// The console commands of the protocol: parse once here, answer with one line of JSON. Players are refused.
import type { CustomCommandData } from "factorio:runtime";
import { takeCapped } from "./capped";
import { numberSignals, takeInFeed } from "./circuit-commands";
import { sessionBegan } from "./circuit-report";
import { setTime } from "./clock";
import { takeInCompact, takeInNamed } from "./intake";
import { field, jsonArray, jsonNumber, jsonObject, jsonString, type Parsed, parseObject } from "./json";
import { lease_ticks_max } from "./limits";
import { lookedInto, takeFigures } from "./looks";
import { hear } from "./messages";
import { heardBridge, replyReport, takeLines } from "./report";
import { adopt, begin, extendLease, isTag, type Refused, wholeState, wrongToken } from "./session";
import { showWaiting } from "./wants";

type Answer = (parameter: string | undefined) => string;

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

function tick(): string {
  return jsonObject([field("tick", jsonNumber(game.tick))]);
}

/** Of this session, by its tag in front. */
function tagged(answer: (rest: string) => string): Answer {
  return (parameter) => {
    const { tag, rest } = splitTag(parameter);
    if (!isTag(tag)) return refusal(wrongToken());
    heardBridge();
    return answer(rest);
  };
}

/** Of this session, by its whole token. */
function withToken(answer: (parsed: Parsed) => string): Answer {
  return (parameter) => {
    const parsed = parseObject(parameter);
    if (parsed === undefined) return badParameter();
    const { token } = parsed;
    if (token !== storage.session.token || token === "") return refusal(wrongToken());
    heardBridge();
    return answer(parsed);
  };
}

/** Only in a world that is this instance's own. */
function adopted<T>(answer: (parameter: T) => string): (parameter: T) => string {
  return (parameter) => (storage.session.open ? answer(parameter) : notAdopted());
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

function onCompactImport(rest: string): string {
  return imported(takeInCompact(rest), false);
}

function onImport({ totals }: Parsed): string {
  const named = typeof totals === "object" ? (totals as { [resource: string]: unknown }) : undefined;
  return imported(named === undefined ? undefined : takeInNamed(named), true);
}

function onLease(rest: string): string {
  const [digits, time] = string.match(rest, "^(%d+)%s*(%d*)$");
  const ticks = digits === undefined ? undefined : tonumber(digits);
  if (ticks === undefined || ticks > lease_ticks_max) return badParameter();
  extendLease(ticks);
  const second = tonumber(time);
  if (second !== undefined) setTime(second);
  return pulse();
}

/** How the game stands, also where no session is open: a bridge tells by it a game that hangs from one that is paused. */
function pulse(): string {
  return jsonObject(pulseFields());
}

function pulseFields(): string[] {
  const fields = [field("tick", jsonNumber(game.tick)), field("players", jsonNumber(game.connected_players.length))];
  if (game.tick_paused) fields.push(field("paused", "true"));
  return fields;
}

/** Lines, the first of them how the game stands: what a bridge that follows no file gets instead. */
function onPull(): string {
  const lines: string[] = [];
  const fields = pulseFields();
  if (takeLines(lines)) fields.push(field("more", "true"));
  return table.concat([jsonObject(fields), ...lines], "\n");
}

function onCapped(rest: string): string {
  const [digits, payload, names] = string.match(rest, "^(%d+) (%S+) ?(.*)$");
  const at = tonumber(digits);
  if (at === undefined) return badParameter();
  if (!takeCapped(at, payload, names)) return unreadable();
  return tick();
}

function onFigures(rest: string): string {
  const [digits, payload] = string.match(rest, "^(%d+) (%S+)$");
  const n = tonumber(digits);
  if (n === undefined) return badParameter();
  if (!takeFigures(n, payload)) return unreadable();
  for (const port of lookedInto()) showWaiting(port);
  return tick();
}

function onMessage(rest: string): string {
  const parsed = parseObject(rest);
  const refused = parsed === undefined ? undefined : hear(parsed);
  if (parsed === undefined) return badParameter();
  return refused === undefined ? tick() : refusal(refused);
}

function onSignals(parsed: Parsed): string {
  return numberSignals(parsed) ?? badParameter();
}

function onFeed(rest: string): string {
  const refused = takeInFeed(rest);
  return refused === undefined ? tick() : refusal(refused);
}

function onReport(rest: string): string {
  if (rest !== "" && rest !== "full") return badParameter();
  return replyReport(rest === "full", []);
}

function register(name: string, answer: Answer): void {
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
  register("clusterio-import", withToken(adopted(onImport)));
  register("ci", tagged(adopted(onCompactImport)));
  register("cc", tagged(adopted(onCapped)));
  register("cf", tagged(adopted(onFigures)));
  register("cl", tagged(onLease));
  register("cr", tagged(onReport));
  register("cm", tagged(adopted(onMessage)));
  register("cp", tagged(onPull));
  register("ct", pulse);
  register("cs", tagged(adopted(onFeed)));
  register("clusterio-signals", withToken(adopted(onSignals)));
}

import { type Look, painted, printable } from "#core/terminal/look";
import type { ShownLine } from "#ctl/log/joined";

/** How a line of a log looks to a person. */

export interface LogLook extends Pick<Look, "colours"> {
  /** More than one instance is shown. */
  readonly several: boolean;
  /** The slave on which each instance is now: lines from elsewhere say so. */
  readonly slaveOf: (instance: string) => string | undefined;
}

export const logLines = (line: ShownLine, look: LogLook): string[] => {
  const { instance, slave, at, from, text, dropped } = line;
  const home = look.slaveOf(instance);
  const elsewhere = home !== undefined && home !== slave ? ` (${slave})` : "";
  const who = look.several || elsewhere !== "" ? `${instance}${elsewhere}  ` : "";
  const head = `${painted(new Date(at).toISOString(), "dim", look)}  ${who}`;
  const said = from === "bridge" ? painted(`bridge: ${printable(text)}`, "bold", look) : printable(text);
  const missing = dropped === undefined ? [] : [`${head}… ${dropped} lines were too many and are only in the file`];
  return [...missing, `${head}${said}`];
};

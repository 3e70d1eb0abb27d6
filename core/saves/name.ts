import { badInput } from "#core/errors";

/** What a save may be called, decided where the name is born. Pure. */

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const SAVE_NAME_CHARACTERS_MAX = 64;
/** Names that a game or its bridge writes by itself: what somebody keeps under one would be overwritten. */
const WRITTEN = /^(?:world-[ab]|auto-[1-9]|next|given|made)$/;
const AUTOSAVE = /^_?autosave/i;

/** The name without ".zip", proved. @throws ClusterioError `bad-input` that says what is wrong with it. */
export const newSaveName = (text: string): string => {
  const name = text.endsWith(".zip") ? text.slice(0, -".zip".length) : text;
  const shown = `"${text.slice(0, 80)}" is no name for a save`;
  if (name === "") throw badInput(`${shown}: it is empty`);
  if (text.length > SAVE_NAME_CHARACTERS_MAX + ".zip".length || name.length > SAVE_NAME_CHARACTERS_MAX)
    throw badInput(`${shown}: it has ${name.length} characters, ${SAVE_NAME_CHARACTERS_MAX} at most`);
  if (/[/\\]/.test(name)) throw badInput(`${shown}: a name has no folders`);
  if (AUTOSAVE.test(name)) throw badInput(`${shown}: the game keeps names like _autosave1 for itself`);
  if (!NAME.test(name)) throw badInput(`${shown}: use a-z, A-Z, 0-9, "-" and "_", beginning with a letter or digit`);
  if (WRITTEN.test(name)) throw badInput(`${shown}: the game or its bridge writes ${name}.zip by itself`);
  return name;
};

/** The file of a save that is there already, whatever somebody called it. @throws ClusterioError `bad-input` */
export const existingSaveFile = (text: string): string => {
  const file = text.endsWith(".zip") ? text : `${text}.zip`;
  if (file === ".zip" || file.length > 255 || file.startsWith(".") || /[/\\\0]/.test(file))
    throw badInput(`"${text.slice(0, 80)}" is not the name of a save`);
  return file;
};

/** Of a file below an area's folder: `mod-list.json`, `demo_0.1.0/info.json`. @throws ClusterioError `bad-input` */
export const partPath = (text: string): string => {
  const parts = text.split("/");
  const bad = (part: string) => part === "" || part.startsWith(".") || part.length > 255 || /[\\\0]/.test(part);
  if (text.length > 1_000 || parts.length > 12 || parts.some(bad))
    throw badInput(`"${text.slice(0, 80)}" is not the path of a file in an instance's folder`);
  return text;
};

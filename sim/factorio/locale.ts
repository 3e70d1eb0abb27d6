/** English texts of a mod: `[section]` and `key=value` lines become "section.key". */
export const parseLocale = (text: string): [key: string, value: string][] => {
  const entries: [string, string][] = [];
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[(.+)\]\s*$/.exec(line);
    const entry = /^([^=#;\s][^=]*)=(.*)$/.exec(line);
    if (header) section = `${header[1]}.`;
    else if (entry) entries.push([section + (entry[1] ?? "").trim(), (entry[2] ?? "").replaceAll("\\n", "\n")]);
  }
  return entries;
};

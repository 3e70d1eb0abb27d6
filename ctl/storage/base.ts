import { badInput } from "#core/errors";
import { RESOURCE_RULE_PATTERN } from "#core/resource";
import { matching } from "#core/storage-cap";
import { AS_USER } from "#ctl/client/user-command";

export const CATEGORY = "Storage";
export const SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments; 3 the cluster does not run; 4 refused.
`;
export const PATTERN_HELP = `
      A pattern is a resource in which \`*\` stands for any characters: item:iron-plate, item:*, item:*:legendary,
      fluid:steam:*, energy, *. Put it into quotes, or the shell takes the asterisk.
`;

/** @throws ClusterioError `bad-input` */
export const patternOf = (text: string): string => {
  if (RESOURCE_RULE_PATTERN.test(text)) return text;
  throw badInput(
    `"${text.slice(0, 80)}" is no resource or pattern: write item:<name>, item:*, fluid:steam:*, energy or *`,
  );
};

/** Whether a resource is shown. Without a pattern all are. @throws ClusterioError `bad-input` */
export const patternMatcher = (text: string | undefined): ((resource: string) => boolean) =>
  text === undefined ? () => true : matching(patternOf(text));

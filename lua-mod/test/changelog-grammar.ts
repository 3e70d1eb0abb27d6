// The game drops a changelog silently when one character is off: this is its grammar, strictly.

const line = "-".repeat(99);
const version = /^Version: \d{1,5}\.\d{1,5}\.\d{1,5}$/;
const date = /^Date: \S.*$/;
const category = /^ {2}[A-Z][^:]*:$/;
const entry = /^ {4}- \S.*$/;
const continuation = /^ {6}\S.*$/;

type Expect = "line" | "version" | "date or category" | "category" | "entry" | "anything below a category";

/** What each line may be, given what came before it; the problem, or what may follow. */
function next(expected: Expect, text: string): Expect | undefined {
  if (expected === "line") return text === line ? "version" : undefined;
  if (expected === "version") return version.test(text) ? "date or category" : undefined;
  if (expected === "date or category" && date.test(text)) return "category";
  if (expected === "entry") return entry.test(text) ? "anything below a category" : undefined;
  if (expected === "anything below a category") {
    if (text === line) return "version";
    if (entry.test(text) || continuation.test(text)) return expected;
  }
  return category.test(text) ? "entry" : undefined;
}

/** The problems of a changelog.txt, each with its line number; none when the game reads it whole. */
export function changelogProblems(text: string): string[] {
  const problems: string[] = [];
  const lines = text.split("\n");
  if (lines.pop() !== "") problems.push("the last line has no end");
  let expected: Expect = "line";
  for (const [index, content] of lines.entries()) {
    const at = `line ${index + 1}`;
    if (content.includes("\t")) problems.push(`${at}: a tab`);
    if (/\s$/.test(content)) problems.push(`${at}: a space at the end`);
    const following = next(expected, content);
    if (following === undefined) problems.push(`${at}: ${expected} expected, not ${JSON.stringify(content)}`);
    expected = following ?? expected;
  }
  if (expected !== "anything below a category") problems.push("the last version has no entry");
  return problems;
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { effectOf } from "#core/config-effect";
import { CONFIG_LEAVES } from "#core/config-patch";
import { codeIn, FENCED, type Page, pages, ROOT } from "#test/kit/pages";

/** What is written for people holds: a link goes somewhere, a path and a script are there. */

/** As GitHub names a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

const anchorsIn = (path: string): string[] =>
  [
    ...readFileSync(path, "utf8")
      .replace(FENCED, "")
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading = ""]) => anchorOf(heading));

const deadLinks = ({ path, text }: Page): string[] =>
  [...text.replace(FENCED, "").matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].flatMap(
    ([whole, to = "", anchor]) => {
      const file = to === "" ? join(ROOT, path) : join(ROOT, dirname(path), to);
      const there = existsSync(file) && (anchor === undefined || anchorsIn(file).includes(anchor));
      return there ? [] : [`${path}: ${whole.slice(1)}`];
    },
  );

test("every link of a page goes to a file that is there, and to a heading that it has", () => {
  expect(pages().flatMap(deadLinks)).toEqual([]);
});

const SCRIPTS = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object }).scripts,
);

test("every script of a page is one of package.json", () => {
  const wrong = pages().flatMap(({ path, text }) =>
    codeIn(text).flatMap((code) =>
      [...code.matchAll(/\bnpm run ([a-z][a-z:-]*)/g)]
        .filter(([, script = ""]) => !SCRIPTS.includes(script))
        .map(([run]) => `${path}: ${run}`),
    ),
  );
  expect(wrong).toEqual([]);
});

/** Folders of sources whose files a page may name; records of decisions name what there was when they were made. */
const SOURCE = /^(?:core|master-projector|slave-bridge|ctl|lua-mod|sim|bench|infra|scripts|schemas|test|docs)\//;

/** From the root, or from where the page is. */
const isThere = (page: string, path: string): boolean =>
  [join(ROOT, path), join(ROOT, dirname(page), path)].some((file) => existsSync(file) || existsSync(`${file}.ts`));

test("every source file that a page names is there", () => {
  const wrong = pages()
    .filter(({ path }) => !path.startsWith("docs/adr/") && path !== "CHANGELOG.md")
    .flatMap(({ path, text }) =>
      codeIn(text)
        .map((code) => code.replace(/:\d+$/, ""))
        .filter((code) => SOURCE.test(code) && /^[\w./-]+$/.test(code))
        .filter((code) => !isThere(path, code))
        .map((code) => `${path}: ${code}`),
    );
  expect(wrong).toEqual([]);
});

test("the page of instances has every key of their configuration", () => {
  const page = readFileSync(join(ROOT, "docs/instances.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const isThere = (key: string) => {
    const [group = "", rest] = key.split(".");
    // A second key of a group is written without the group's name.
    return rows.some(
      (row) => row.includes(`\`${key}\``) || (row.includes(`\`${group}.`) && row.includes(`\`.${rest}\``)),
    );
  };
  expect([...CONFIG_LEAVES.keys()].filter((key) => !key.startsWith("settings.") && !isThere(key))).toEqual([]);
  // And each setting of the game that a running one is told.
  const told = page.slice(page.indexOf("A running game is told at once"), page.indexOf("The rest waits"));
  const now = [...CONFIG_LEAVES.keys()].filter((key) => key.startsWith("settings.") && effectOf(key) === "now");
  const names = now.map((key) => key.split(".")[1] ?? "");
  expect(names.filter((name) => !told.includes(name.replace(/^max_upload_.*/, "max_upload_*")))).toEqual([]);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_2_1_9 } from "#core/saves/test/exchange-strings";
import { exchangeArgument } from "#ctl/save/exchange-argument";

const nothing = async function* () {};
const pieces = async function* () {
  yield Buffer.from(PLAIN_2_1_9.slice(0, 100));
  yield `\n${PLAIN_2_1_9.slice(100)}\n`;
};

test("a map exchange string is given itself, in a file, or by standard input", async () => {
  const dir = await mkdtemp(join(tmpdir(), "clusterio-exchange-"));
  try {
    await writeFile(join(dir, "shared.txt"), `${PLAIN_2_1_9}\n`);
    expect(await exchangeArgument(PLAIN_2_1_9, nothing())).toBe(PLAIN_2_1_9);
    expect(await exchangeArgument(`@${join(dir, "shared.txt")}`, nothing())).toBe(PLAIN_2_1_9);
    expect(await exchangeArgument("-", pieces())).toBe(PLAIN_2_1_9);
    await expect(exchangeArgument(`@${join(dir, "no-such")}`, nothing())).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/cannot read .*no-such/),
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("what is none is refused here, before anybody is asked; of an endless input no more is read than a string has", async () => {
  await expect(exchangeArgument("-", nothing())).rejects.toMatchObject({ code: "bad-input" });
  let read = 0;
  const endless = async function* () {
    for (;;) {
      read++;
      yield ">".repeat(10_000);
    }
  };
  await expect(exchangeArgument("-", endless())).rejects.toMatchObject({ code: "bad-input" });
  expect(read).toBeLessThan(20);
});

import { PassThrough } from "node:stream";
import { confirm } from "#ctl/ask/confirm";

const QUESTION = { what: "the cluster's name", name: "AB12CD34", does: "begin its ledger anew" };

/** The question before a ledger is begun anew: only the cluster's name is a yes, and nobody waits for who has left. */
const asked = async (act: (input: PassThrough, stop: AbortController) => void): Promise<void> => {
  const [input, output, stop] = [new PassThrough(), new PassThrough().resume(), new AbortController()];
  const answered = confirm(QUESTION, { input, output, signal: stop.signal });
  act(input, stop);
  return answered;
};

test("the cluster's name is a yes, with blanks around it", async () => {
  await expect(asked((input) => input.write(" AB12CD34 \n"))).resolves.toBeUndefined();
});

test.each(["AB12CD3", "ab12cd34", "yes", ""])("%j is a no", async (answer) => {
  await expect(asked((input) => input.write(`${answer}\n`))).rejects.toMatchObject({ code: "refused" });
});

test("an input that ends is a no", async () => {
  await expect(asked((input) => input.end())).rejects.toMatchObject({ code: "refused" });
});

test("SIGTERM ends the question", async () => {
  await expect(asked((_input, stop) => stop.abort())).rejects.toMatchObject({ name: "AbortError" });
});

import { parseArgs } from "node:util";
import { chaosNight } from "#test/e2e/chaos/kit/random";

/** `npm run chaos -- --seed S --minutes M` */
const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { seed: { type: "string" }, minutes: { type: "string" } } });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const minutes = Number(values.minutes ?? 10);
  if (!Number.isInteger(seed) || !(minutes > 0)) {
    console.error("usage: npm run chaos -- [--seed N] [--minutes M]: N whole, M above 0 (default 10)");
    return 2;
  }
  console.log(`seed ${seed}, ${minutes} min`);
  const { passed, failed } = await chaosNight({ seed, minutes, say: (line) => console.log(line) });
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
};

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

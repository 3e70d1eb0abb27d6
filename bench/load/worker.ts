import { jobs } from "#bench/load/jobs";
import { messageOf } from "#core/errors";

/** A process of its own for one side of a measurement: does one job, answers with its result, and ends. */
process.once("message", (order: { job: string; options: unknown }) => {
  const job = jobs[order.job];
  const ready = () => void process.send?.({ ready: true });
  // It ends with whoever started it, however that came.
  process.once("disconnect", () => process.exit(1));
  Promise.resolve()
    .then(() => {
      if (job === undefined) throw new Error(`no job "${order.job}"`);
      return job(order.options as never, ready);
    })
    .then(
      (result) => process.send?.({ result: result ?? null }, () => process.exit(0)),
      (error: unknown) => process.send?.({ error: messageOf(error) }, () => process.exit(1)),
    );
});

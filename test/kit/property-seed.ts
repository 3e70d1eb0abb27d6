import fc from "fast-check";

/** Property tests are the same in every run; `PROPERTY_SEED=7 npx jest --selectProjects pure sim` tries other examples. */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

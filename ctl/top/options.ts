import { Option } from "clipanion";
import * as t from "typanion";

/** Options of the commands that go on. */
const INTERVAL_S_MAX = 3_600;

export const intervalOption = () =>
  Option.String("--interval", "1", {
    description: "Seconds between two looks, 0.2 to 3600 (default 1).",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(0.2, INTERVAL_S_MAX)]),
  });

export const timesOption = () =>
  Option.String("--times", {
    description: "End after so many (default: go on until Ctrl-C).",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 1_000_000)]),
  });

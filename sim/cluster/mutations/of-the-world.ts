import type { Mutation } from "#sim/cluster/mutations/mutation";

/** Defects in the plain world that stands for the mod: the same rules as M1 to M7, MS1 to MS3 and MR1 to MR3. */
export const WORLD: readonly Mutation[] = [
  {
    name: "counter not raised in the same tick",
    among: ["crash", "rollback"],
    breaks: "items leave a chest and the total rises in one tick (M1)",
    file: "sim/cluster/plain-mod.ts",
    text: "      add(state.exported, key, n);\n    }\n    state.exportChest = Object.fromEntries(",
    replacement:
      "      this.late.push({ key, n, tick: state.tick + 6 });\n    }\n    state.exportChest = Object.fromEntries(",
    also: [
      {
        file: "sim/cluster/plain-mod.ts",
        text: "  readonly #atLoad: Amounts;\n",
        replacement: "  readonly #atLoad: Amounts;\n  late: { key: string; n: number; tick: number }[] = [];\n",
      },
      {
        file: "sim/cluster/plain-mod.ts",
        text: "  tick(): void {\n",
        replacement: `  tick(): void {
    for (const { key, n, tick } of this.late.splice(0)) {
      if (tick > this.state.tick) this.late.push({ key, n, tick });
      else add(this.state.exported, key, n);
    }
`,
      },
      {
        file: "sim/cluster/plain-mod.ts",
        text: "    const next = this.state.tick + 1;\n",
        replacement: "    const next = this.state.tick + 1;\n    if (this.late.length > 0) return next;\n",
      },
    ],
  },
  {
    name: "token not checked",
    among: ["rcon-drop", "slow-rcon"],
    breaks: "a command counts only with the session's token (MS1)",
    file: "sim/cluster/plain-mod.ts",
    text: `return token !== "" && tag === token.slice(0, 4);`,
    replacement: "return true;",
    also: [
      {
        file: "sim/cluster/plain-mod.ts",
        text: `    if (token !== state.session.token || token === "") return refuse("wrong-token");
    if (!state.session.open)`,
        replacement: "    if (!state.session.open)",
      },
    ],
  },
  {
    name: "counters zeroed at adoption",
    among: ["foreign-save", "fork", "early-crash"],
    breaks: "adoption starts at zero minus nothing it already did ◆",
    file: "sim/cluster/plain-mod.ts",
    text: "for (const [key, total] of Object.entries(atLoad)) add(state.exported, key, -total);",
    replacement: "state.exported = {};",
  },
  {
    name: "received kept at adoption",
    breaks: "a child world has received nothing ◆",
    file: "sim/cluster/plain-mod.ts",
    text: "      state.received = {};\n",
    replacement: "",
  },
  {
    name: "an import adds up",
    breaks: "what is above received is taken in, and received rises in the same tick",
    file: "sim/cluster/plain-mod.ts",
    text: "const taken = Math.max(0, total - amountIn(state.received, key));",
    replacement: "const taken = total;",
  },
  {
    name: "collects without a lease",
    among: ["bridge-away"],
    breaks: "the mod collects only within a lease of an open session",
    file: "sim/cluster/plain-mod.ts",
    text: "return this.state.session.open && this.state.tick <= this.state.leaseUntil;",
    replacement: "return this.state.tick > 0;",
  },
  {
    name: "wants gross of what lies in chests",
    breaks: "wanted is net of chests and buffer",
    file: "sim/cluster/plain-mod.ts",
    text: "return Math.max(0, amountIn(this.state.missing, key) - amountIn(this.state.buffer, key));",
    replacement: "return amountIn(this.state.asked, key);",
  },
  {
    name: "a change of received is not reported",
    among: ["slow-rcon", "delivery-late", "delivery-lost"],
    breaks: "a report says all that changed (MR2)",
    file: "sim/cluster/plain-mod.ts",
    text: "if (full || receivedChanged || wantedChanged) received[number] = r;",
    replacement: "if (full || wantedChanged) received[number] = r;",
  },
  {
    name: "whole vectors are never restated",
    among: ["fact-lost"],
    breaks: "every few minutes the mod restates whole vectors (MR3)",
    file: "sim/cluster/plain-mod.ts",
    text: "const FULL_TICKS = 18_000;",
    replacement: "const FULL_TICKS = 18_000_000;",
  },
];

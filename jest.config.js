// Tiers by suffix (STYLE 17); `npm test` runs them in order, each with its own budget. One tier: `npx jest --selectProjects pure`.
const shared = {
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.clusterio/", "<rootDir>/lua-mod/dist/"],
  testEnvironmentOptions: { customExportConditions: ["source", "node", "require", "default"] },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript", decorators: true }, target: "es2023" },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
  },
};
const seeded = { setupFiles: ["<rootDir>/test/kit/property-seed.ts"] };
const tier = (displayName, suffix, ignore = []) => ({
  ...shared,
  displayName,
  testMatch: [`<rootDir>/**/*${suffix}.ts`],
  testPathIgnorePatterns: ["/node_modules/", ...ignore],
});
module.exports = {
  // A busy two-core machine is several times slower than a quiet one; a test that hangs still ends.
  testTimeout: 60_000,
  projects: [
    { ...tier("pure", ".test", ["\\.(nats|lua|sim|mutation|depth|e2e)\\.test\\.ts$"]), ...seeded },
    tier("nats", ".nats.test"),
    tier("lua", ".lua.test"),
    { ...tier("sim", ".sim.test"), ...seeded },
    tier("mutations", ".mutation.test"),
    tier("depth", ".depth.test"),
    tier("e2e", ".e2e.test", ["/test/e2e/chaos/"]),
    { ...tier("chaos", ".e2e.test"), testMatch: ["<rootDir>/test/e2e/chaos/*.e2e.test.ts"] },
  ],
};

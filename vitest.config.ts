// How the test suite runs: in Node, two files at a time.
import { defineConfig } from "vitest/config";
import { CountReporter } from "./scripts/count-reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    setupFiles: ["test/support/property-seed.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    reporters: ["default", new CountReporter()],
  },
});

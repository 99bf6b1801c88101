import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{kernel,sdk,modules}/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/bench-smoke.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each of these tests starts processes of its own.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'bench',
          include: ['test/e2e/bench-smoke.test.ts'],
          // Alone: what runs beside a measurement is measured too.
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['{kernel,sdk,modules}/**/*.ts'],
      exclude: ['**/*.test.ts'],
      // What the commands and workers that tests start run of the sources counts too.
      autoAttachSubprocess: true,
      reporter: ['text-summary', 'html', 'json-summary'],
      reportOnFailure: true,
    },
  },
});

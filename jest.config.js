// One project per kind of test; `integration` and `contract` share one real Kafka and one real registry (tests/support/stack.ts).
const common = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
}
const project = (name, extra = {}) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  ...extra,
})
const withStack = {
  globalSetup: '<rootDir>/tests/support/stack-setup.ts',
  globalTeardown: '<rootDir>/tests/support/stack-teardown.ts',
}

export default {
  projects: [
    project('unit'),
    project('repo'),
    project('contract', withStack),
    project('integration', withStack),
    // What needs a server that pip brings: see scripts/system/nats.ts.
    ...(process.env.NATS_SERVER ? [project('nats', withStack)] : []),
  ],
  // Integration tests mostly wait, so one a core leaves half of the machine idle; the default is one core less.
  maxWorkers: 2,
  // Many tests start several processes, on a machine that may be busy.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/tests/support/closing-line.cjs'],
}

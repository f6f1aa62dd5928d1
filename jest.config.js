/** @type {import('jest').Config} */
module.exports = {
  // Native add-ons make typed arrays of the host realm; jest's own realm would fail every `instanceof`.
  testEnvironment: './test/helpers/host-typed-arrays.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  // Jest's default leaves one core idle, which on two cores is half of the machine.
  maxWorkers: '100%',
  testSequencer: './test/helpers/longest-first.js',
  testTimeout: 60_000,
};

const tseslint = require('typescript-eslint');
const noSpreadOverComputed = require('./tools/no-spread-over-computed');

module.exports = tseslint.config(
  { ignores: ['dist', 'artifacts', 'node_modules', 'coverage'] },
  {
    files: ['src/**/*.ts', 'stages/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      // The console is an effect that only the command line owns.
      'no-console': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A new kind of event has to be handled, or left out by name, wherever kinds are told apart.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
    },
  },
  {
    files: ['src/**/*.ts', 'stages/**/*.ts'],
    plugins: { ours: { rules: { 'no-spread-over-computed': noSpreadOverComputed } } },
    rules: { 'ours/no-spread-over-computed': 'error' },
  },
);

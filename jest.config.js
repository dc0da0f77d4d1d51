/**
 * ESM all the way: what is tested is what is shipped. Run through `npm test`, which sets the flag that Node needs.
 *
 * @type {import('jest').Config}
 */
export const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    // Types are checked once, by `npm run check:types`.
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json', diagnostics: false }],
  },
  moduleNameMapper: {
    '^openmv-rx$': '<rootDir>/lib/index.ts',
    '^openmv-rx/(serialport|websocket)$': '<rootDir>/lib/transport/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  injectGlobals: true,
  errorOnDeprecated: true,
};

/** @type {import('jest').Config} */
export default { ...base, testPathIgnorePatterns: ['/node_modules/', '/spec/system/'] };

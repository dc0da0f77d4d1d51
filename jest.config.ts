import type { Config } from 'jest';

/** ESM all the way: what is tested is what is shipped. Run through `npm test`, which sets the flag Node needs. */
export const base: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
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

const config: Config = { ...base, testPathIgnorePatterns: ['/node_modules/', '/spec/system/'] };

export default config;

/**
 * @jest-config-loader ts-node
 * @jest-config-loader-options {"transpileOnly": true, "compilerOptions": {"module": "CommonJS", "moduleResolution": "Node10"}}
 */
import type { Config } from 'jest';

/**
 * ESM all the way: what is tested is what is shipped. Run through `npm test`, which sets the flag that Node needs; the
 * specs that need a real tty or a real browser run through `npm run test:system`.
 */
/** These compile, bundle or pack: `npm run test:package` runs them. So does `npm test`, if it is given their path. */
const compiling = [
  '/spec/package/package.spec',
  '/spec/package/import-rules',
  '/spec/types/',
  '/spec/docs/(snippets|reference).spec',
];
const isNamed = process.argv.some((word) => word.startsWith('spec/'));

const config: Config = {
  testEnvironment: '<rootDir>/spec/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    // Types are checked once, by `npm run check:types`.
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json', diagnostics: false }],
  },
  moduleNameMapper: {
    '^openmv-rx$': '<rootDir>/lib/index.ts',
    '^openmv-rx/(serialport|tcp|udp|web-serial|websocket)$': '<rootDir>/lib/transport/$1/index.ts',
    '^openmv-rx/(container|testing)$': '<rootDir>/lib/$1.ts',
    '^openmv-rx/(angular|device|recording|virtual|widgets)$': '<rootDir>/lib/$1/index.ts',
    '^openmv-rx/profile$': '<rootDir>/lib/host/profile/index.ts',
    '^openmv-rx/protocol$': '<rootDir>/lib/operators/index.ts',
    '^openmv-rx/web-recording$': '<rootDir>/lib/recording/web/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Jest loads CommonJS while it links, so an import in front of that of tsyringe comes too late.
  setupFiles: ['reflect-metadata'],
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/spec/system/', ...(isNamed ? [] : compiling)],
  injectGlobals: true,
  errorOnDeprecated: true,
  // A machine that is busy with something else is slow; a test that hangs is found all the same.
  testTimeout: 30_000,
  maxWorkers: '100%',
};

export default config;

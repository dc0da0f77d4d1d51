import { base } from './jest.config.js';

/**
 * The specs that need a real tty (socat) and a real browser (chromium); one at a time, for they are timed.
 *
 * @type {import('jest').Config}
 */
export default { ...base, testMatch: ['**/spec/system/**/*.spec.ts'], maxWorkers: 1, testTimeout: 60_000 };

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { JSHandle, Page } from 'playwright-core';
import type { FakePlugs } from './angular-serial-page.js';

/** The script that gives a page its `navigator.serial`, for `AngularSite.open({ before })`. */
export async function fakeSerialScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('angular-serial-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
}

/** The ports of such a page. */
export function fakePlugs(page: Page): Promise<JSHandle<FakePlugs>> {
  return page.evaluateHandle(() => (globalThis as unknown as { plugs: FakePlugs }).plugs);
}

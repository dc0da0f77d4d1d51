import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects all that nothing holds, so that a `WeakRef` tells what something still does. */
export async function collectGarbage(): Promise<void> {
  // What a WeakRef was made of lives until the present job is done.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** V8 frees the memory of arrays in the background, and counts it as free in the next collection or the one after. */
const COLLECTIONS = 3;

/** Collects all that nothing holds, so that a `WeakRef`, or the memory in use, tells what something still does. */
export async function collectGarbage(): Promise<void> {
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    // What a WeakRef was made of lives until the present job is done.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
}

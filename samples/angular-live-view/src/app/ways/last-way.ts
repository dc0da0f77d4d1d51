import { store, stored } from './stored';
import type { Way } from './way';

const KEY = 'way';

/** The choice of the last visit. */
export function lastWay(): string | undefined {
  return stored(KEY);
}

export function rememberWay(kind: Way['kind']): void {
  store(KEY, kind);
}

/**
 * Hands each value to `handle` in the order of the calls, also where handling one causes the next call: a re-entrant
 * value waits until the one before it is done. Holds what waits, which is only what was caused from within.
 */
export function inTurn<T>(handle: (value: T) => void): (value: T) => void {
  const waiting: T[] = [];
  let handling = false;
  return (value) => {
    waiting.push(value);
    if (handling) return;
    handling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      handling = false;
      waiting.length = 0;
    }
  };
}

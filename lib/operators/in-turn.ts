/**
 * Calls `handle` with each value in the order of the calls. A value that `handle` itself causes waits until `handle` has
 * returned. Holds the values that wait.
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

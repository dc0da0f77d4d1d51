const releasing = new Map<string, Promise<unknown>>();

/**
 * Keeps openings of `path` waiting until `done` has settled. A port is closed behind the unsubscription's back, and
 * whoever opens it again at once would find it locked by this very process.
 */
export function release(path: string, done: Promise<void>): void {
  const all = Promise.allSettled([releasing.get(path), done]).then(() => {
    if (releasing.get(path) === all) releasing.delete(path);
  });
  releasing.set(path, all);
}

/** When all that was given up of `path` in this process has been released. */
export async function released(path: string): Promise<void> {
  await releasing.get(path);
}

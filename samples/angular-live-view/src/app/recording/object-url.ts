import { effect, signal, type Signal } from '@angular/core';

/** A URL of the signal's value, revoked when the value changes. Create it in an injection context. */
export function objectUrl(blob: Signal<Blob | undefined>): Signal<string | undefined> {
  const url = signal<string | undefined>(undefined);
  effect((onCleanup) => {
    const now = blob();
    const made = now && URL.createObjectURL(now);
    url.set(made);
    onCleanup(() => {
      if (made !== undefined) URL.revokeObjectURL(made);
    });
  });
  return url.asReadonly();
}

import { effect, signal, type WritableSignal } from '@angular/core';
import { store, stored } from '../ways/stored';

/** A text that the browser keeps for the next visit, where it may. For an injection context. */
export function remembered(key: string, first: string): WritableSignal<string> {
  const text = signal(stored(key) ?? first);
  effect(() => {
    store(key, text());
  });
  return text;
}

import { linkedSignal, type Signal } from '@angular/core';

/** What a field is given: the camera's value, which does not change it under the fingers of who types in it. */
export function heldWhileEditing(value: () => string, editing: Signal<boolean>): Signal<string> {
  return linkedSignal<{ readonly value: string; readonly editing: boolean }, string>({
    source: () => ({ value: value(), editing: editing() }),
    computation: (now, before) => (now.editing && before ? before.value : now.value),
  }).asReadonly();
}

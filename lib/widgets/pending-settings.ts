import type { Subscriber } from 'rxjs';
import { Key } from './keys.js';
import { encodeCbor } from './plain-cbor.js';
import type { WidgetValue } from './widget.js';

/** Somebody who waits for a value to be acknowledged. */
export interface Setter {
  readonly kind: 'value' | 'click';
  readonly name: string;
  readonly value: WidgetValue;
  readonly subscriber: Subscriber<void>;
}

/** What fits in one write. */
export interface Batch {
  readonly kind: Setter['kind'];
  /** A CBOR array of whole records; empty when none of them fits. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly setters: readonly Setter[];
  /** Those whose record alone is larger than a write, and how large it is. */
  readonly tooLarge: readonly { readonly setter: Setter; readonly bytes: number }[];
}

/** Those who want one widget set, of whom the last decides; or one who clicks. */
type Entry = Setter[];

/** Of an array's head, in CBOR: for as many records as fit in the largest write. */
const LARGEST_HEAD_BYTES = 3;

/**
 * Settings that are not sent yet, in the order in which the widgets were first set: of each widget the latest value. A
 * click is an entry of its own, and what is set behind it is not put before it.
 */
export class PendingSettings {
  readonly #entries: Entry[] = [];
  #count = 0;

  /** How many wait. */
  get count(): number {
    return this.#count;
  }

  add(setter: Setter): void {
    this.#count++;
    const same = setter.kind === 'value' ? this.#behindClicks(setter.name) : undefined;
    if (same === undefined) this.#entries.push([setter]);
    else same.push(setter);
  }

  /** Whether it was there. */
  remove(setter: Setter): boolean {
    const at = this.#entries.findIndex((entry) => entry.includes(setter));
    const entry = this.#entries[at];
    if (entry === undefined) return false;
    this.#count--;
    entry.splice(entry.indexOf(setter), 1);
    if (entry.length === 0) this.#entries.splice(at, 1);
    return true;
  }

  /** Takes as many entries as fit in a write of `limit` bytes: a click by itself, else values up to the next click. */
  take(limit: number): Batch {
    const [kind] = (this.#entries[0] ?? []).map((setter) => setter.kind);
    const records: Uint8Array[] = [];
    const [setters, tooLarge]: [Setter[], Batch['tooLarge'][number][]] = [[], []];
    let length = LARGEST_HEAD_BYTES;
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      const last = entry.at(-1) as Setter;
      if (last.kind !== kind || (kind === 'click' && records.length > 0)) break;
      const record = encodeCbor(
        new Map<number, WidgetValue>([
          [Key.NAME, last.name],
          [Key.VALUE, last.value],
        ]),
      );
      const isAlone = LARGEST_HEAD_BYTES + record.length;
      if (isAlone <= limit && length + record.length > limit) break;
      this.#entries.shift();
      this.#count -= entry.length;
      if (isAlone > limit) tooLarge.push(...entry.map((setter) => ({ setter, bytes: isAlone })));
      else {
        length += record.length;
        records.push(record);
        setters.push(...entry);
      }
    }
    return { kind: kind ?? 'value', bytes: arrayOf(records), setters, tooLarge };
  }

  #behindClicks(name: string): Entry | undefined {
    for (let at = this.#entries.length - 1; at >= 0; at--) {
      const entry = this.#entries[at] as Entry;
      if (entry[0]?.kind === 'click') return undefined;
      if (entry[0]?.name === name) return entry;
    }
    return undefined;
  }

  takeAll(): Setter[] {
    this.#count = 0;
    return this.#entries.splice(0).flat();
  }
}

/** Encoded values as one CBOR array (RFC 8949, 3.1: major type 4). */
function arrayOf(items: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (items.length === 0) return new Uint8Array();
  const { length } = items;
  const head = length < 24 ? [0x80 | length] : length < 256 ? [0x98, length] : [0x99, length >> 8, length & 0xff];
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + item.length, head.length));
  bytes.set(head);
  let at = head.length;
  for (const item of items) {
    bytes.set(item, at);
    at += item.length;
  }
  return bytes;
}

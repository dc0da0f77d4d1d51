import type { Subscriber } from 'rxjs';
import { Key } from './keys.js';
import { encodeCbor } from './plain-cbor.js';
import type { WidgetValue } from './widget.js';

/** A setting or a click, and the subscriber that waits for its acknowledgement. */
export interface Setting {
  readonly kind: 'value' | 'click';
  readonly name: string;
  readonly value: WidgetValue;
  readonly subscriber: Subscriber<void>;
}

/** The settings of one write. */
export interface Batch {
  readonly kind: Setting['kind'];
  /** A CBOR array of whole records; empty if none fits. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly settings: readonly Setting[];
  /** Settings whose record alone does not fit a write, with its size. */
  readonly tooLarge: readonly { readonly setting: Setting; readonly bytes: number }[];
}

/** The settings of one widget, of which the last is written; or one click. */
type Entry = Setting[];

/** Bytes of the head of a CBOR array with as many records as fit the largest write. */
const LARGEST_HEAD_BYTES = 3;

/**
 * Unsent settings, in the order in which their widgets were first set, with the latest value of each widget. Each click is
 * its own entry, and a later setting never moves in front of it.
 */
export class PendingSettings {
  readonly #entries: Entry[] = [];
  #count = 0;

  /** The number of waiting settings. */
  get count(): number {
    return this.#count;
  }

  add(setting: Setting): void {
    this.#count++;
    const same = setting.kind === 'value' ? this.#behindClicks(setting.name) : undefined;
    if (same === undefined) this.#entries.push([setting]);
    else same.push(setting);
  }

  /** Removes a setting; false if it was not waiting. */
  remove(setting: Setting): boolean {
    const at = this.#entries.findIndex((entry) => entry.includes(setting));
    const entry = this.#entries[at];
    if (entry === undefined) return false;
    this.#count--;
    entry.splice(entry.indexOf(setting), 1);
    if (entry.length === 0) this.#entries.splice(at, 1);
    return true;
  }

  /** Removes as many entries as fit a write of `limit` bytes: one click, or values up to the next click. */
  take(limit: number): Batch {
    const [kind] = (this.#entries[0] ?? []).map((setting) => setting.kind);
    const records: Uint8Array[] = [];
    const [settings, tooLarge]: [Setting[], Batch['tooLarge'][number][]] = [[], []];
    let length = LARGEST_HEAD_BYTES;
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      const last = entry.at(-1) as Setting;
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
      if (isAlone > limit) tooLarge.push(...entry.map((setting) => ({ setting, bytes: isAlone })));
      else {
        length += record.length;
        records.push(record);
        settings.push(...entry);
      }
    }
    return { kind: kind ?? 'value', bytes: arrayOf(records), settings, tooLarge };
  }

  #behindClicks(name: string): Entry | undefined {
    for (let at = this.#entries.length - 1; at >= 0; at--) {
      const entry = this.#entries[at] as Entry;
      if (entry[0]?.kind === 'click') return undefined;
      if (entry[0]?.name === name) return entry;
    }
    return undefined;
  }

  takeAll(): Setting[] {
    this.#count = 0;
    return this.#entries.splice(0).flat();
  }
}

/** Joins encoded values to a CBOR array (RFC 8949, 3.1: major type 4). */
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

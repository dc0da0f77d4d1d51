import { OpenMVError } from '../errors.js';
import { unshared } from '../wire/bytes.js';
import type { WidgetRecord } from './keys.js';

/** Takes values out of a record, checks their types, and keeps the rest. `null` counts as missing. */
export class RecordReader {
  readonly #what: () => string;
  readonly #rest: Map<unknown, unknown>;

  /** @param what returns the name of the record, for errors */
  constructor(record: WidgetRecord, what: () => string) {
    this.#what = what;
    this.#rest = new Map(record);
  }

  /** The values that were not taken. */
  rest(): { rest?: WidgetRecord } {
    return this.#rest.size === 0 ? {} : { rest: this.#rest };
  }

  number(key: number, meaning: string): number {
    const value = this.optionalNumber(key, meaning);
    return value ?? this.fail(`has no ${meaning} (key ${key})`);
  }

  /** A number. An integer beyond 2⁵³ is rounded. */
  optionalNumber(key: number, meaning: string): number | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    return this.fail(`has a ${meaning} (key ${key}) that is not a number: ${shown(value)}`);
  }

  /** A whole number of at least 0. Default 0. */
  count(key: number, meaning: string): number {
    const value = this.optionalNumber(key, meaning) ?? 0;
    return Number.isSafeInteger(value) && value >= 0 ? value : this.fail(`can't have a ${meaning} of ${value}`);
  }

  text(key: number, meaning: string): string {
    const value = this.optionalText(key, meaning);
    return value ?? this.fail(`has no ${meaning} (key ${key})`);
  }

  optionalText(key: number, meaning: string): string | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'string') return value;
    return this.fail(`has a ${meaning} (key ${key}) that is not text: ${shown(value)}`);
  }

  boolean(key: number, meaning: string): boolean {
    const value = this.optionalBoolean(key, meaning);
    return value ?? this.fail(`has no ${meaning} (key ${key})`);
  }

  optionalBoolean(key: number, meaning: string): boolean | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fail(`has a ${meaning} (key ${key}) that is neither true nor false: ${shown(value)}`);
  }

  optionalTexts(key: number, meaning: string): readonly string[] | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    return this.fail(`has ${meaning} (key ${key}) that are not a list of texts: ${shown(value)}`);
  }

  /** Bytes. Default: none. */
  bytes(key: number, meaning: string): Uint8Array<ArrayBuffer> {
    const value = this.take(key);
    if (value === undefined) return new Uint8Array();
    if (value instanceof Uint8Array) return unshared(value);
    return this.fail(`has ${meaning} (key ${key}) that are not bytes: ${shown(value)}`);
  }

  /** Takes a value of any type. */
  take(key: number): unknown {
    const value = this.#rest.get(key);
    this.#rest.delete(key);
    return value ?? undefined;
  }

  /** @throws {OpenMVError} `MALFORMED` with the name of the record. */
  fail(problem: string): never {
    throw new OpenMVError('MALFORMED', `${this.#what()} ${problem}`);
  }
}

/** A short text of a value, for errors. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value instanceof Map ? 'a map' : String(value);
}

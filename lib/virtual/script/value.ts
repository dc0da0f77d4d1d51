import type { DeviceChannel } from '../../device/device.js';
import { NotUnderstood, ScriptException } from './exception.js';

/** A value of a script: an int, a float, a str, a bool, None, a channel that it has registered, or its widgets. */
export type Value = bigint | number | string | boolean | null | DeviceChannel | Items;

/** What square brackets reach into. Both throw `KeyError` where nothing is. */
export interface Items {
  item(index: Value): Value;
  setItem(index: Value, value: Value): void;
}

export function hasItems(value: Value | undefined): value is Items {
  return typeof value === 'object' && value !== null && 'setItem' in value;
}

/** The longest string, in characters, and the largest number, in bits: what a camera's heap would hold, and more. */
const LONGEST_TEXT = 65536;
const LARGEST_INT = 1n << 4096n;

/** @throws {ScriptException} `MemoryError` for a value that is too large to be kept. */
export function bounded<T extends Value>(value: T): T {
  if (typeof value === 'string') boundedLength(value.length);
  if (typeof value === 'bigint' && (value >= LARGEST_INT || value <= -LARGEST_INT)) boundedLength(LONGEST_TEXT + 1);
  return value;
}

/** @throws {ScriptException} `MemoryError` when a string would be too long. */
export function boundedLength(length: number): void {
  if (length > LONGEST_TEXT)
    throw new ScriptException('MemoryError', `memory allocation failed, allocating ${length} bytes`);
}

/** What `print` makes of a value. */
export function textOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return floatText(value);
    default:
      if (value === null) return 'None';
      throw new NotUnderstood();
  }
}

/** A float always shows that it is one; it has an exponent, of two digits at least, below 1e-04 and from 1e+16 on. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 1e-4 && size < 1e16);
  const text = Object.is(value, -0) ? '-0' : isPlain ? String(value) : value.toExponential();
  const [mantissa = '', exponent] = text.split('e');
  if (exponent === undefined) return Number.isInteger(value) ? `${text}.0` : text;
  return `${mantissa}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}

/** What MicroPython calls the type of a value. */
export function typeName(value: Value): string {
  const names: Readonly<Record<string, string>> = { bigint: 'int', number: 'float', string: 'str', boolean: 'bool' };
  if (hasItems(value)) return 'CBORChannel';
  return names[typeof value] ?? (value === null ? 'NoneType' : 'CBACKEND');
}

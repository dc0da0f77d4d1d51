import { requireArgument, requireWhole } from '../arguments.js';
import { CHANNEL_NAME_BYTES } from '../wire/payloads/index.js';
import { decodeUtf8, encodeUtf8 } from '../wire/payloads/layout.js';

/** Whether a value is a u32. */
export function isWord(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when a value, by name, is not a u32. */
export function requireWords(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) requireWhole(name, value, 0, 0xffff_ffff);
}

/** A channel's name as the camera keeps it, cut to 13 bytes (PROTOCOL 7). */
export function cutName(name: string): string {
  requireArgument(typeof name === 'string', "a channel's name is a text", name);
  const bytes = encodeUtf8(name);
  return bytes.length <= CHANNEL_NAME_BYTES ? name : decodeUtf8(bytes.subarray(0, CHANNEL_NAME_BYTES));
}

import { requireArgument, requireWhole } from '../arguments.js';
import { CHANNEL_NAME_BYTES } from '../wire/payloads/index.js';
import { decodeUtf8, encodeUtf8 } from '../wire/payloads/layout.js';

/** @throws {OpenMVError} `INVALID_ARGUMENT`, with the name, if a value is not an unsigned integer of 32 bits. */
export function requireWords(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) requireWhole(name, value, 0, 0xffff_ffff);
}

/** Cuts a channel's name to 13 bytes, as the camera does (PROTOCOL 7). */
export function cutName(name: string): string {
  requireArgument(typeof name === 'string', "a channel's name must be a string", name);
  const bytes = encodeUtf8(name);
  return bytes.length <= CHANNEL_NAME_BYTES ? name : decodeUtf8(bytes.subarray(0, CHANNEL_NAME_BYTES));
}

import { open } from 'node:fs/promises';
import { McapStreamReader, MCAP_MAGIC, type McapTypes } from '@mcap/core';
import { messageOf, OpenMVError } from '../errors.js';
import { fileError } from './record/file-error.js';

const READ_BYTES = 256 * 1024;
/** A record that claims more than this is none: it would be waited for to the end of the file, and held. */
const LONGEST_RECORD = 256 * 1024 * 1024;

/** A file in pieces, each valid until the next is asked for. */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  } finally {
    await handle.close();
  }
}

/**
 * The records of an MCAP file from its beginning. Errors with `TRUNCATED` where it ends too early and with `MALFORMED`
 * where it is damaged or none, each behind what can be read before.
 */
export async function* mcapRecords(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<McapTypes.TypedMcapRecord> {
  const reader = new McapStreamReader();
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    const records = recordsIn(reader, piece, path);
    for (let next = records.next(); !next.done; next = records.next()) yield next.value;
    if (reader.bytesRemaining() > LONGEST_RECORD) {
      throw new OpenMVError('MALFORMED', `${path} is damaged ${bytes} bytes from its beginning: a record has no end`);
    }
  }
  if (!reader.done()) {
    throw new OpenMVError(
      'TRUNCATED',
      `${path} ends too early, after ${bytes} bytes: its recording was cut short; all chunks that were whole have been read`,
    );
  }
}

/** Whether a file begins, as far as it goes, as MCAP does. */
export function beginsAsMcap(bytes: Uint8Array): boolean {
  return MCAP_MAGIC.every((byte, at) => at >= bytes.length || bytes[at] === byte);
}

function* recordsIn(reader: McapStreamReader, piece: Uint8Array, path: string): Generator<McapTypes.TypedMcapRecord> {
  try {
    reader.append(piece);
    for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) yield record;
  } catch (cause) {
    throw new OpenMVError('MALFORMED', `${path} is damaged, or no MCAP file: ${messageOf(cause)}`, { cause });
  }
}

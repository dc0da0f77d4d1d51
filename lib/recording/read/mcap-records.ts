import { MCAP_MAGIC, McapStreamReader, type McapTypes } from '@mcap/core';
import type * as support from '@mcap/support';
import { isOpenMVError, messageOf, OpenMVError } from '../../errors.js';
import { type OpenFile, openToRead } from './readable-file.js';

const READ_BYTES = 256 * 1024;
/** A longer record is damage: waiting for it would buffer the rest of the file. */
const LONGEST_RECORD = 256 * 1024 * 1024;

/** Reads a file in pieces, from its beginning or from a position. A piece is valid until the next one is read. */
export async function* fileBytes(path: string, open: OpenFile = openToRead, from?: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (let position = from; ;) {
      const length = await file.read(buffer, position);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      if (position !== undefined) position += length;
    }
  } finally {
    await file.close();
  }
}

/** A position in an MCAP file where a record begins. */
export interface McapPosition {
  readonly offset: number;
  /** The encoded schemas and channels before it. */
  readonly definitions: Uint8Array;
}

/**
 * Reads the records of an MCAP file, from its beginning or from a `start` position. After the readable records it errors with
 * `TRUNCATED` if the file ends too early, with `MALFORMED` if it is damaged or not MCAP, and with `FILE_UNAVAILABLE` if it is
 * compressed and `@mcap/support` is not installed.
 */
export async function* mcapRecords(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  start?: McapPosition,
): AsyncGenerator<McapTypes.TypedMcapRecord> {
  const decompressHandlers = await decompressors(path);
  const reader = new McapStreamReader({ noMagicPrefix: start !== undefined, decompressHandlers });
  if (start) reader.append(start.definitions);
  let bytes = start?.offset ?? 0;
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
      `${path} ends too early, after ${bytes} bytes: its recording was cut short; all complete chunks have been read`,
    );
  }
}

/** True if a file begins like MCAP, as far as `bytes` goes. */
export function beginsAsMcap(bytes: Uint8Array): boolean {
  return MCAP_MAGIC.every((byte, at) => at >= bytes.length || bytes[at] === byte);
}

function* recordsIn(reader: McapStreamReader, piece: Uint8Array, path: string): Generator<McapTypes.TypedMcapRecord> {
  try {
    reader.append(piece);
    for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) yield record;
  } catch (cause) {
    if (isOpenMVError(cause)) throw cause;
    throw new OpenMVError('MALFORMED', `${path} is damaged, or not an MCAP file: ${messageOf(cause)}`, { cause });
  }
}

type Handlers = McapTypes.DecompressHandlers;
type Handler = Handlers[string];
type Load = () => Promise<Handlers>;

const LARGEST_CHUNK = 256n * 1024n * 1024n;

/**
 * Returns handlers that decompress the chunks of other programs with `@mcap/support`. This library does not compress chunks, but the
 * MCAP tools do by default. Without that package each handler throws `FILE_UNAVAILABLE`.
 */
export async function decompressors(path: string, load: Load = loadOnce): Promise<Handlers> {
  try {
    const handlers = await load();
    return Object.fromEntries(Object.entries(handlers).map(([how, handler]) => [how, limited(path, handler)]));
  } catch {
    return { lz4: compressed(path, 'lz4'), zstd: compressed(path, 'zstd') };
  }
}

/** Joined at run time: a bundler that sees the name would require the optional package and its WebAssembly. */
const PACKAGE = ['@mcap', 'support'].join('/');

let loading: Promise<Handlers> | undefined;

const loadOnce: Load = () =>
  (loading ??= (import(PACKAGE) as Promise<typeof support>).then(({ loadDecompressHandlers }) =>
    loadDecompressHandlers(),
  ));

/** Rejects the absurd size of a damaged chunk, because the decompressor would allocate it. */
function limited(path: string, handler: Handler): Handler {
  return (bytes, size) => {
    if (size > LARGEST_CHUNK)
      throw new OpenMVError('MALFORMED', `${path} is damaged: a chunk claims to have ${size} bytes`);
    return handler(bytes, size);
  };
}

function compressed(path: string, how: string): () => never {
  return () => {
    throw new OpenMVError(
      'FILE_UNAVAILABLE',
      `${path} can't be read: it is compressed (${how}); install the decompressor with \`npm install @mcap/support\`, or make an uncompressed copy with \`mcap decompress ${path} -o COPY\``,
    );
  };
}

import { MCAP_MAGIC, McapStreamReader, type McapTypes } from '@mcap/core';
import type * as support from '@mcap/support';
import { isOpenMVError, messageOf, OpenMVError } from '../../errors.js';
import { type OpenFile, openToRead } from './readable-file.js';

const READ_BYTES = 256 * 1024;
/** A record that claims more than this is none: it would be waited for to the end of the file, and held. */
const LONGEST_RECORD = 256 * 1024 * 1024;

/** A file in pieces, each valid until the next is asked for; from its beginning, or from a place in it. */
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

/** A place in an MCAP file where a record begins. */
export interface McapPosition {
  readonly offset: number;
  /** The schemas and channels that stand somewhere before it, as records. */
  readonly definitions: Uint8Array;
}

/**
 * The records of an MCAP file from its beginning, or from a record `behind` it. Errors with `TRUNCATED` where it ends too early, with `MALFORMED`
 * where it is damaged or none, and with `FILE_UNAVAILABLE` where it is compressed and `@mcap/support` is not installed, each behind what can be read before.
 */
export async function* mcapRecords(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  behind?: McapPosition,
): AsyncGenerator<McapTypes.TypedMcapRecord> {
  const decompressHandlers = await decompressors(path);
  const reader = new McapStreamReader({ noMagicPrefix: behind !== undefined, decompressHandlers });
  if (behind) reader.append(behind.definitions);
  let bytes = behind?.offset ?? 0;
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
    if (isOpenMVError(cause)) throw cause;
    throw new OpenMVError('MALFORMED', `${path} is damaged, or no MCAP file: ${messageOf(cause)}`, { cause });
  }
}

type Handlers = McapTypes.DecompressHandlers;
type Handler = Handlers[string];
type Load = () => Promise<Handlers>;

const LARGEST_CHUNK = 256n * 1024n * 1024n;

/**
 * This library does not compress chunks. Other programs, the tools of MCAP among them, do so unless they are told not to: what
 * `@mcap/support` knows is decompressed, and without that package each handler throws `FILE_UNAVAILABLE`.
 */
export async function decompressors(path: string, load: Load = loadOnce): Promise<Handlers> {
  try {
    const handlers = await load();
    return Object.fromEntries(Object.entries(handlers).map(([how, handler]) => [how, limited(path, handler)]));
  } catch {
    return { lz4: compressed(path, 'lz4'), zstd: compressed(path, 'zstd') };
  }
}

/** Put together here: a bundler that sees the name wants the package, which is optional, and its WebAssembly. */
const PACKAGE = ['@mcap', 'support'].join('/');

let loading: Promise<Handlers> | undefined;

const loadOnce: Load = () =>
  (loading ??= (import(PACKAGE) as Promise<typeof support>).then(({ loadDecompressHandlers }) =>
    loadDecompressHandlers(),
  ));

/** Claims of a damaged file are not believed: the decompressor would take that much memory. */
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
      `${path} can't be read: it is compressed (${how}); install what reads it, \`npm install @mcap/support\`, or make a copy that is not, by \`mcap decompress ${path} -o COPY\``,
    );
  };
}

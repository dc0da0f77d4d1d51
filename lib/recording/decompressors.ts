import type { McapTypes } from '@mcap/core';
import type * as support from '@mcap/support';
import { OpenMVError } from '../errors.js';

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

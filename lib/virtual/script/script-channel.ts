import { encodeUtf8 } from '../../wire/payloads/index.js';
import type { Backend } from '../../device/backend.js';

/** What a host can write to a channel of a script, in bytes. */
const LARGEST_CONTENT = 65536;

/**
 * What serves a channel that a script registers, since the methods that the script has for it are not run: what was
 * written last, or, before that, `count: N` with how often its size was asked for.
 *
 * @param methods those of the script's class, where that is known: without `read` or `readp` it can't be read, without
 * `write` not be written
 */
export function scriptChannel(methods: ReadonlySet<string> | undefined): Backend {
  let content = encodeUtf8('');
  let isWritten = false;
  let asked = 0;
  const readable: Backend = {
    poll: () => true,
    size: () => {
      asked++;
      if (!isWritten) content = encodeUtf8(`count: ${asked}`);
      return content.length;
    },
    read: (offset, size) => content.subarray(offset, offset + size),
  };
  const writable: Backend = {
    write: (offset, data) => {
      if (offset + data.length > LARGEST_CONTENT) return 0;
      const kept = content.subarray(0, isWritten ? offset : 0);
      const next = new Uint8Array(offset + data.length);
      next.set(kept);
      next.set(data, offset);
      content = next;
      isWritten = true;
      return data.length;
    },
  };
  const has = (...names: readonly string[]) => !methods || names.some((name) => methods.has(name));
  return { ...(has('read', 'readp') && readable), ...(has('write') && writable) };
}

import type { OpenFile } from '../../lib/recording/read/readable-file.js';

/** A file in memory, which counts what is read of it, and how often it is open. */
export function counting(bytes: Uint8Array): { open: OpenFile; read: () => number; isOpen: () => number } {
  let read = 0;
  let isOpen = 0;
  const open: OpenFile = () => {
    let next = 0;
    isOpen++;
    return Promise.resolve({
      size: () => Promise.resolve(bytes.length),
      read: (buffer, position = next) => {
        const part = bytes.subarray(position, position + buffer.length);
        buffer.set(part);
        next = position + part.length;
        read += part.length;
        return Promise.resolve(part.length);
      },
      close: () => {
        isOpen--;
        return Promise.resolve();
      },
    });
  };
  return { open, read: () => read, isOpen: () => isOpen };
}

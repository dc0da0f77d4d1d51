import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileError } from '../../recording/record/file-error.js';

/** The bytes of a DATA argument: the string itself, those of `@file`, or for `-` those of standard input to its end. */
export async function dataArgument(data: string, stdin: NodeJS.ReadableStream = process.stdin): Promise<Uint8Array> {
  if (data === '-') return new Uint8Array(await buffer(stdin));
  if (data.startsWith('@')) return fileBytes(data.slice(1));
  return new TextEncoder().encode(data);
}

async function fileBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

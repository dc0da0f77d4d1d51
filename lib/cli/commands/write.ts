import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { concat, defer, ignoreElements } from 'rxjs';
import { fileError } from '../../recording/record/file-error.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { counted } from '../output/text.js';
import { orInterrupted } from '../output/interruption.js';

/** `write NAME DATA`: writes bytes to a channel. */
export function addWrite(program: Command): void {
  cameraCommand(
    program,
    'write <name> <data>',
    'write to a channel: a string, @FILE, or - for standard input',
    `openmv-rx write config '{"quality": 20}' --virtual`,
  ).action(async (name: string, data: string, options: CameraCommandOptions) => {
    const bytes = await dataArgument(data);
    if (bytes.length === 0) program.error('error: cannot write an empty value: cameras reject empty writes');
    await withCamera(options, ({ camera, output, stop$ }) =>
      concat(
        camera.channel(name).write(bytes).pipe(ignoreElements(), orInterrupted(stop$)),
        defer(() => {
          output.write({ name, bytes: bytes.length }, `wrote ${counted(bytes.length, 'byte')} to ${name}`);
          return [];
        }),
      ),
    );
  });
}

/** Reads a DATA argument: the string itself, the file of `@file`, or for `-` standard input to its end. */
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

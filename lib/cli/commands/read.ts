import { type Command, Option } from 'commander';
import { tap } from 'rxjs';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';
import { type LayoutArgument, layoutArgument, recordLine } from '../arguments/layout.js';
import type { Output } from '../output/output.js';
import { lineOf, type Shown, shownBytes } from '../output/shown-bytes.js';

interface ReadOptions extends CameraCommandOptions {
  readonly text?: true;
  readonly base64?: true;
  readonly layout?: LayoutArgument;
}

/** `read NAME`: what a channel holds. */
export function addRead(program: Command): void {
  cameraCommand(
    program,
    'read <name>',
    'read a channel: its bytes as they are, or for a terminal as what fits them',
    'openmv-rx read config --virtual --text',
  )
    .addOption(new Option('--text', 'as text').conflicts('base64'))
    .addOption(new Option('--base64', 'as base64'))
    .addOption(
      new Option('--layout <letters>', "its records as numbers, by the letters of Python's struct")
        .conflicts(['text', 'base64'])
        .argParser(layoutArgument),
    )
    .action((name: string, options: ReadOptions) =>
      withCamera(options, ({ camera, output, stop$ }) =>
        camera
          .channel(name)
          .read()
          .pipe(
            orInterrupted(stop$),
            tap((bytes) => {
              if (options.layout) writeRecords(output, name, options.layout.records(bytes, name));
              else writeBytes(output, name, bytes, shownAs(options));
            }),
          ),
      ),
    );
}

function shownAs({ text, base64 }: ReadOptions): Shown | undefined {
  return text ? 'text' : base64 ? 'base64' : undefined;
}

function writeRecords(output: Output, name: string, records: ReturnType<LayoutArgument['records']>): void {
  for (const values of records) output.write({ name, values }, recordLine(values));
}

/** Without a choice a pipe gets the bytes as they are, and JSON and terminals what fits them. */
export function writeBytes(output: Output, name: string, bytes: Uint8Array, as: Shown | undefined): void {
  if (!as && !output.json && !output.isTerminal) {
    output.raw(bytes);
    return;
  }
  const shown = shownBytes(bytes, as ?? 'fitting');
  output.write({ name, bytes: bytes.length, ...shown }, lineOf(shown));
}

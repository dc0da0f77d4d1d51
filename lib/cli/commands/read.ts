import { type Command, Option } from 'commander';
import { tap } from 'rxjs';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';
import { type LayoutArgument, layoutArgument, recordLine } from '../arguments/layout.js';
import type { Output } from '../output/output.js';
import { lineOf, type BytesFormat, shownBytes } from '../output/text.js';

interface ReadOptions extends CameraCommandOptions {
  readonly text?: true;
  readonly base64?: true;
  readonly layout?: LayoutArgument;
}

/** `read NAME`: reads a channel. */
export function addRead(program: Command): void {
  cameraCommand(
    program,
    'read <name>',
    'read a channel: raw bytes, or on a terminal as text or base64',
    'openmv-rx read config --virtual --text',
  )
    .addOption(new Option('--text', 'print text').conflicts('base64'))
    .addOption(new Option('--base64', 'print base64'))
    .addOption(
      new Option('--layout <letters>', "print records as numbers, with a layout in the letters of Python's struct")
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

function shownAs({ text, base64 }: ReadOptions): BytesFormat | undefined {
  return text ? 'text' : base64 ? 'base64' : undefined;
}

function writeRecords(output: Output, name: string, records: ReturnType<LayoutArgument['records']>): void {
  for (const values of records) output.write({ name, values }, recordLine(values));
}

/** Without a format, a pipe gets the raw bytes; JSON and terminals get text or base64. */
export function writeBytes(output: Output, name: string, bytes: Uint8Array, as: BytesFormat | undefined): void {
  if (!as && !output.json && !output.isTerminal) {
    output.raw(bytes);
    return;
  }
  const shown = shownBytes(bytes, as ?? 'fitting');
  output.write({ name, bytes: bytes.length, ...shown }, lineOf(shown));
}

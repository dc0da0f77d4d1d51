import type { Command } from 'commander';
import { concat, defer, ignoreElements } from 'rxjs';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { counted } from '../output/words.js';
import { dataArgument } from '../arguments/data.js';
import { orInterrupted } from '../output/interruption.js';

/** `write NAME DATA`: bytes into a channel. */
export function addWrite(program: Command): void {
  cameraCommand(
    program,
    'write <name> <data>',
    'write to a channel: a string, @FILE, or - for standard input',
    `openmv-rx write config '{"quality": 20}' --virtual`,
  ).action(async (name: string, data: string, options: CameraCommandOptions) => {
    const bytes = await dataArgument(data);
    if (bytes.length === 0) program.error('error: nothing to write: a camera refuses an empty write');
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

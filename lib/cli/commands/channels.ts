import type { Command } from 'commander';
import { take, tap } from 'rxjs';
import type { ChannelInfo } from '../../index.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';

/** `channels`: lists the channels of the camera. */
export function addChannels(program: Command): void {
  cameraCommand(program, 'channels', 'list the channels of the camera', 'openmv-rx channels --virtual').action(
    (options: CameraCommandOptions) =>
      withCamera(options, ({ camera, output, stop$ }) =>
        camera.channels$.pipe(
          take(1),
          orInterrupted(stop$),
          tap((channels) => {
            for (const channel of channels)
              output.write(
                channelRecord(channel),
                channelLine(channel, (name) => output.name(name)),
              );
          }),
        ),
      ),
  );
}

export function channelRecord({ id, name, flags, readable, writable, lockable, dynamic }: ChannelInfo): object {
  return { id, name, flags, readable, writable, lockable, dynamic };
}

export function channelLine(
  { id, name, readable, writable, lockable, dynamic }: ChannelInfo,
  styled: (name: string) => string,
): string {
  const can = [readable && 'read', writable && 'write', lockable && 'lock', dynamic && 'dynamic'].filter(Boolean);
  return `${String(id).padStart(2)}  ${styled(name.padEnd(13))}  ${can.join(' ')}`.trimEnd();
}

import type { Channel, ChannelInfo } from 'openmv-rx';
import type { Backend } from 'openmv-rx/device';
import { catchError, map, of, tap } from 'rxjs';

/**
 * A channel of the shared camera, for one host. The host gets its answer when the camera has
 * executed the command. If the camera refuses a write or ioctl, the host gets a refusal, too.
 *
 * SIZE reads the whole value from the camera and keeps it for this host, so another host's read in between can't mix two values.
 */
export function forwarded(channel: Channel<Uint8Array>, { readable, writable }: ChannelInfo): Backend {
  let value: Uint8Array = new Uint8Array();
  return {
    poll: () => channel.poll(),
    shape: () => channel.shape(),
    ioctl: (request, argument) => channel.ioctl(request, argument?.slice()),
    ...(readable && {
      size: () =>
        channel.read().pipe(
          tap((bytes) => (value = bytes)),
          map(({ length }) => length),
        ),
      readp: (offset: number, size: number) => value.subarray(offset, offset + size),
    }),
    ...(writable && {
      write: (offset: number, data: Uint8Array) => {
        // A value must fit in one command.
        if (offset > 0) return REFUSED;
        return channel.write(data.slice()).pipe(
          map(({ sent }) => sent),
          // A `Device` acknowledges a write that errors, as a camera does.
          catchError(() => of(REFUSED)),
        );
      },
    }),
  };
}

const REFUSED = 0;

import type { Channel, ChannelInfo } from 'openmv-rx';
import type { Backend } from 'openmv-rx/device';
import { catchError, map, of, tap } from 'rxjs';

/**
 * A channel of the shared camera, for one host. A command of the host waits until the camera's has its turn and is done,
 * and a write or ioctl that the camera refuses is refused.
 *
 * SIZE reads the whole value from the camera and keeps it for this host, so what another reads in between does not tear it.
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
        // A value has to fit in one command.
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

import { Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { memoryPair } from '../transport/memory.js';
import type { Connection, Transport } from '../transport/transport.js';

/** A transport whose far end is a device in the same program: each opening is a new cable that is plugged into it. */
export function virtualTransport(
  name: string,
  scheduler: SchedulerLike | undefined,
  attach: (connection: Connection) => Subscription,
): Transport {
  let inUse = false;
  const open = () =>
    new Observable<Connection>((subscriber) => {
      if (inUse) {
        subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${name}: this camera is already in use`));
        return;
      }
      inUse = true;
      subscriber.add(() => (inUse = false));
      const [host, camera] = memoryPair({ name, ...(scheduler && { scheduler }) });
      // Whichever side goes first: the host learns of the camera's end by LINK_LOST, the camera of the host's by the end of its bytes.
      const plug = camera.open().subscribe({
        next: (connection) => {
          attach(connection).add(() => plug.unsubscribe());
        },
        error: () => undefined,
      });
      subscriber.add(plug);
      // The host's end last: what it writes while it is handed its connection must find the camera there.
      subscriber.add(host.open().subscribe(subscriber));
    });
  return { name, open };
}

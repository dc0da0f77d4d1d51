import { Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { memoryPair } from '../transport/memory.js';
import type { Connection, Transport } from '../transport/transport.js';

/** A transport to a device in the same program. Each opening attaches a new connection. */
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
      // Either side can end first: the host then gets LINK_LOST, the camera the end of its bytes.
      const attached = camera.open().subscribe({
        next: (connection) => {
          attach(connection).add(() => attached.unsubscribe());
        },
        error: () => undefined,
      });
      subscriber.add(attached);
      // Open the host's end last: it may write at once, and the camera must be attached by then.
      subscriber.add(host.open().subscribe(subscriber));
    });
  return { name, open };
}

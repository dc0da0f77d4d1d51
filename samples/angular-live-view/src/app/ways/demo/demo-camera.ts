import { OpenMVError, type Connection, type Transport } from 'openmv-rx';
import { Observable } from 'rxjs';
import { messageConnection } from './message-connection';

const NAME = 'demo camera';

/** A virtual camera in a worker of this page. Each opening starts a new camera. */
export function demoCamera(): Transport {
  return {
    name: NAME,
    open: () =>
      new Observable<Connection>((subscriber) => {
        const worker = new Worker(new URL('./demo.worker', import.meta.url), { type: 'module' });
        const connection = messageConnection(worker);
        worker.addEventListener('error', ({ message }) => {
          subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${NAME}: its worker does not run: ${message}`));
        });
        const unplugged = connection.bytes$.subscribe({
          complete: () => {
            subscriber.error(new OpenMVError('LINK_LOST', `${NAME}: it was restarted`));
          },
        });
        subscriber.next(connection);
        return () => {
          unplugged.unsubscribe();
          worker.terminate();
        };
      }),
  };
}

import { retry, type Subscription } from 'rxjs';
import { faulty, type FaultyOptions } from '../../lib/transport/faulty.js';
import { memoryPair } from '../../lib/transport/memory.js';
import type { Connection } from '../../lib/transport/transport.js';
import { type Way, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';

// What loses nothing keeps the whole contract.
const kinds: FaultyOptions[] = [{}, { delay: 1, jitter: 2, chunk: 5000 }];
for (const options of kinds) transportContract(`faulty ${JSON.stringify(options)}`, () => cable(options));

function cable(options: FaultyOptions): Promise<Way> {
  const [near, other] = memoryPair();
  const [busy] = memoryPair({ name: 'busy' });
  busy.open().subscribe();
  let far: Connection;
  const plugIn = (): Subscription =>
    other
      .open()
      .pipe(retry())
      .subscribe((connection) => (far = connection));
  let plugged = plugIn();
  return Promise.resolve({
    transport: faulty(near, options),
    // Its error is that of the transport that it wraps, and names that one.
    unavailable: { ...faulty(busy, options), name: 'busy' },
    secondOpening: 'refused',
    farEnd: async () => {
      // Until the far end knows of the loss of an earlier opening.
      await new Promise((resolve) => setTimeout(resolve, 2));
      return {
        bytes$: far.bytes$,
        write: (bytes) => written(far.write(bytes)),
        close: () => plugged.unsubscribe(),
        left: new Promise((resolve) => far.bytes$.subscribe({ complete: () => resolve('left') })),
      };
    },
    restore: () => {
      plugged = plugIn();
      return Promise.resolve();
    },
    dispose: () => {
      plugged.unsubscribe();
      return Promise.resolve();
    },
  });
}

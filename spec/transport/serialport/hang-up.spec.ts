import { VirtualTimeScheduler } from 'rxjs';
import { hangUp } from '../../../lib/transport/serialport/hang-up.js';

type Get = Parameters<typeof hangUp>[0]['get'];

/** Looks at a port for some time; each look is answered before the next one. */
async function watched(get: Get, ms: number): Promise<{ looks: number; error: unknown }> {
  const scheduler = new VirtualTimeScheduler();
  let looks = 0;
  let error: unknown;
  const port = {
    get: () => {
      looks++;
      return get();
    },
  };
  const watching = hangUp(port, scheduler).subscribe({ error: (cause: unknown) => (error = cause) });
  for (scheduler.maxFrames = 0; scheduler.maxFrames <= ms; scheduler.maxFrames += 50) {
    scheduler.flush();
    await new Promise(setImmediate);
  }
  watching.unsubscribe();
  return { looks, error };
}

const lines = { cts: true, dsr: false, dcd: false };

describe('hangUp', () => {
  it('looks at a port that is there five times a second, and says nothing', async () => {
    expect(await watched(() => Promise.resolve({ ...lines, lowLatency: false }), 1000)).toEqual({ looks: 5 });
  });

  it('takes a port without lines for one that is there', async () => {
    const pty = (): Promise<never> => Promise.reject(new Error('Error: Inappropriate ioctl for device, cannot get'));
    expect(await watched(pty, 1000)).toEqual({ looks: 5 });
  });

  it('errors with what the system says of a port that has gone', async () => {
    const cause = new Error('Error: Input/output error, cannot get');
    expect(await watched(() => Promise.reject(cause), 1000)).toEqual({ looks: 1, error: cause });
  });

  it('waits for an answer before it looks again', async () => {
    expect(await watched(() => new Promise(() => undefined), 1000)).toEqual({ looks: 1 });
  });
});

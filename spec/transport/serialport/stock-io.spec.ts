import { SerialPortMock } from 'serialport';
import { VirtualTimeScheduler } from 'rxjs';
import { hangUp, stockIo } from '../../../lib/transport/serialport/stock-io.js';

const PATH = '/dev/mock';

describe('stockIo', () => {
  beforeEach(() => SerialPortMock.binding.createPort(PATH, { record: true }));
  afterEach(() => SerialPortMock.binding.reset());

  async function opened() {
    const port = await SerialPortMock.binding.open({ path: PATH, baudRate: 921_600 });
    const chunks: Uint8Array[] = [];
    let next: () => void = () => undefined;
    let gone: (cause: unknown) => void = () => undefined;
    const lost = new Promise<unknown>((resolve) => (gone = resolve));
    const io = stockIo(port, {
      arrived: (chunk) => {
        chunks.push(chunk);
        next();
      },
      gone,
    });
    io.start();
    const bytes = async (length: number): Promise<number[]> => {
      while (Buffer.concat(chunks).length < length) await new Promise<void>((resolve) => (next = resolve));
      return [...Buffer.concat(chunks)];
    };
    return { port, io, lost, bytes };
  }

  it('emits the bytes that arrive, and never overwrites them', async () => {
    const { port, bytes } = await opened();
    port.emitData(Buffer.of(1, 2, 3));
    expect(await bytes(3)).toEqual([1, 2, 3]);
    port.emitData(Buffer.alloc(100_000, 7));
    expect((await bytes(100_003)).slice(0, 4)).toEqual([1, 2, 3, 7]);
    await port.close();
  });

  it('writes in order and reports the completion of each write', async () => {
    const { port, io } = await opened();
    const done: (number | Error)[] = [];
    await new Promise<void>((resolve) => {
      for (const byte of [1, 2, 3])
        io.write(Uint8Array.of(byte), () => {
          done.push(byte);
          if (byte === 3) resolve();
        });
    });
    expect(done).toEqual([1, 2, 3]);
    expect([...port.recording]).toEqual([1, 2, 3]);
    await port.close();
  });

  it('reports a port that is unplugged, and fails its writes', async () => {
    const { port, io, lost } = await opened();
    await port.close();
    expect(await lost).toBeInstanceOf(Error);
    const failures = await Promise.all(
      [1, 2].map((byte) => new Promise<unknown>((resolve) => io.write(Uint8Array.of(byte), resolve))),
    );
    expect(failures[0]).toBeInstanceOf(Error);
    expect(failures[1]).toBe(failures[0]);
  });

  it('does not report its own closing as a loss', async () => {
    const { port, io, lost } = await opened();
    io.end();
    await port.close();
    expect(await Promise.race([lost, new Promise((resolve) => setImmediate(() => resolve('nothing told')))])).toBe(
      'nothing told',
    );
  });

  it('detects a hang-up that reading does not report, and then stops watching', async () => {
    const scheduler = new VirtualTimeScheduler();
    const never = (): Promise<never> => new Promise(() => undefined);
    const cause = new Error('Error: Input/output error, cannot get');
    const port = { poller: {}, read: never, write: never, get: () => Promise.reject(cause) };
    const told: unknown[] = [];
    stockIo(port, { arrived: () => undefined, gone: (error) => told.push(error) }, scheduler).start();
    scheduler.maxFrames = 1000;
    while (told.length === 0) {
      scheduler.flush();
      await new Promise(setImmediate);
    }
    scheduler.flush();
    expect(told).toEqual([cause]);
    expect(scheduler.actions).toHaveLength(0);
  });
});

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
  it('checks an open port five times a second, and emits nothing', async () => {
    expect(await watched(() => Promise.resolve({ ...lines, lowLatency: false }), 1000)).toEqual({ looks: 5 });
  });

  it('accepts a port without modem lines', async () => {
    const pty = (): Promise<never> => Promise.reject(new Error('Error: Inappropriate ioctl for device, cannot get'));
    expect(await watched(pty, 1000)).toEqual({ looks: 5 });
  });

  it("errors with the system's message for a port that was unplugged", async () => {
    const cause = new Error('Error: Input/output error, cannot get');
    expect(await watched(() => Promise.reject(cause), 1000)).toEqual({ looks: 1, error: cause });
  });

  it('waits for an answer before it checks again', async () => {
    expect(await watched(() => new Promise(() => undefined), 1000)).toEqual({ looks: 1 });
  });
});

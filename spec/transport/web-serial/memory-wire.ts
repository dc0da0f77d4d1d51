import { Subject } from 'rxjs';
import type { FarEnd } from '../../contracts/far-end.js';
import type { Plug, WireEvents } from './fake-serial.js';

/** The other end of a fake port, in the same program. */
export interface MemoryWire {
  readonly plug: Plug;
  /** Of the present opening of the port. */
  farEnd(): FarEnd;
}

/** Bytes take a turn of the event loop each way, and wait while the far end holds them. */
export function memoryWire(): MemoryWire {
  let far: FarEnd | undefined;
  return {
    plug: (events) => {
      const { wire, end } = joined(events);
      far = end;
      return Promise.resolve(wire);
    },
    farEnd: () => {
      if (!far) throw new Error('the port has not been opened');
      return far;
    },
  };
}

function joined(events: WireEvents): { wire: Awaited<ReturnType<Plug>>; end: FarEnd } {
  const arriving = new Subject<Uint8Array>();
  let held = Promise.resolve();
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    wire: {
      write: async (bytes) => {
        await held;
        await turn();
        arriving.next(bytes.slice());
      },
      close: leave,
    },
    end: {
      bytes$: arriving.asObservable(),
      write: async (bytes) => {
        await turn();
        for (let at = 0; at < bytes.length; at += 4096) events.arrived(bytes.subarray(at, at + 4096));
      },
      close: () => events.unplugged(),
      left,
      hold: () => {
        let release: () => void = () => undefined;
        held = new Promise((resolve) => (release = resolve));
        return { release };
      },
    },
  };
}

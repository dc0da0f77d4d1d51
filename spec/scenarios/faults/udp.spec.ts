import { firstValueFrom, map, type Subscription, take, toArray } from 'rxjs';
import { udp, udpServer, type UdpServer } from 'openmv-rx/udp';
import { Camera, type Transport } from '../../../lib/index.js';
import { Opcode } from '../../../lib/operators/index.js';
import { faulty, type FaultyOptions } from '../../../lib/testing.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { Decoder } from '../../../lib/wire/decoder.js';
import { isPacket } from '../../../lib/wire/packet.js';
import { pattern } from '../../contracts/far-end.js';

/** Several slices of a read, and no whole number of packets. */
const FRAME_BYTES = 40_001;
const MAX_PAYLOAD = 1400;

const MATERIAL = pattern(2 * FRAME_BYTES);

/** The picture of a number: it tells which it is, and whether all of it is in its place. */
function picture(index: number): Uint8Array<ArrayBuffer> {
  const bytes = MATERIAL.slice(index, index + FRAME_BYTES);
  bytes.set([index & 0xff, index >> 8]);
  return bytes;
}

interface Bench {
  readonly camera: Camera;
  /** The ranges that the host asked for. */
  readonly reads: { readonly offset: number; readonly length: number }[];
  readonly close: () => void;
}

/** A camera as the network example serves it (PROTOCOL 12), and a host on the other side of a bad network. */
async function bench(faults: FaultyOptions): Promise<Bench> {
  const device = new VirtualCamera({
    maxPayload: MAX_PAYLOAD,
    ack: false,
    retransmitTimeoutMs: 100,
    transportName: 'udp',
    framesPerSecond: 100,
    frameSource: picture,
    stdoutIntervalMs: false,
  });
  let served: Subscription | undefined;
  const server = await new Promise<UdpServer>((resolve, reject) => {
    served = udpServer(0).subscribe({ next: resolve, error: reject });
  });
  const attached = device.attach(server);
  const reads: Bench['reads'] = [];
  const camera = new Camera(recorded(faulty(udp('127.0.0.1', server.port), faults), reads), { closeAfterMs: 0 });
  return {
    camera,
    reads,
    close: () => {
      attached.unsubscribe();
      served?.unsubscribe();
    },
  };
}

function recorded(transport: Transport, reads: { offset: number; length: number }[]): Transport {
  const note = (bytes: Uint8Array): void => {
    for (const packet of new Decoder().push(bytes.slice())) {
      if (!isPacket(packet) || packet.opcode !== Opcode.CHANNEL_READ || packet.payload.length !== 8) continue;
      const [offset = 0, length = 0] = new Uint32Array(packet.payload.slice().buffer);
      reads.push({ offset, length });
    }
  };
  return {
    ...transport,
    open: () =>
      transport.open().pipe(
        map((connection) => ({
          isOrdered: connection.isOrdered ?? true,
          bytes$: connection.bytes$,
          write: (bytes) => {
            note(bytes);
            return connection.write(bytes);
          },
        })),
      ),
  };
}

describe('a camera over UDP', () => {
  it('has packets that fit in a datagram, and no acknowledgements', async () => {
    const { camera, close } = await bench({});
    const { capabilities } = await firstValueFrom(camera.info());
    expect(capabilities).toMatchObject({ maxPayload: MAX_PAYLOAD, ack: false, events: true });
    close();
  });

  it.each([1, 2, 3, 4, 5])(
    'brings whole frames through 2 %% of loss and of reordering (seed %i)',
    async (seed) => {
      const { camera, reads, close } = await bench({ loss: 0.02, reorder: 0.02, seed });
      const frames = await firstValueFrom(camera.frames$.pipe(take(30), toArray()));
      let before = 0;
      for (const { data } of frames) {
        const index = data[0]! | (data[1]! << 8);
        expect(Buffer.compare(data, picture(index))).toBe(0);
        expect(index).toBeGreaterThan(before);
        before = index;
      }
      // What was lost of a reply is asked for by itself.
      const shortest = await shortestUndisturbedRead();
      expect(reads.filter(({ length }) => length < shortest)).not.toEqual([]);
      close();
      // In real time, on a machine that may have much else to do.
    },
    30_000,
  );
});

async function shortestUndisturbedRead(): Promise<number> {
  const { camera, reads, close } = await bench({});
  await firstValueFrom(camera.frames$);
  close();
  return Math.min(...reads.map(({ length }) => length));
}

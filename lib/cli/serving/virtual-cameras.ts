import { Observable } from 'rxjs';
import { boardNamed, boardNames } from '../../virtual/board-presets.js';
import { faultyConnection, type FaultyOptions } from '../../testing.js';
import { type BoardName, type SensorFormat, VirtualCamera, type VirtualCameraOptions } from '../../virtual/index.js';
import type { Connection } from '../../transport/transport.js';
import { OVERHEAD_BYTES } from '../../wire/packet.js';
import type { Serve } from './served-camera.js';

/** Options of virtual cameras, and of the link to them. */
export interface CameraWords {
  readonly board?: BoardName;
  readonly fps?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly format?: SensorFormat;
  readonly quality?: number;
  readonly busy?: { readonly ms: number; readonly everyMs: number };
  readonly loss: number;
  readonly damage: number;
  readonly seed: number;
}

/** A board by its name, however its letters and spaces are written: `H7 Plus` is also `h7plus`. */
export function boardOfWord(word: string): BoardName | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');
  return boardNames.find((name) => plain(name) === plain(word));
}

/** A camera of its own, which serves one connection after another. */
export function virtualCamera(words: CameraWords, way: 'usb' | 'tcp' | 'udp'): Serve {
  const { board = 'virtual', fps, size, format, quality, busy, loss, damage, seed } = words;
  const camera = new VirtualCamera({
    board,
    transportName: way,
    ...(fps !== undefined && { framesPerSecond: fps }),
    ...size,
    ...(format !== undefined && { format }),
    ...(quality !== undefined && { quality }),
    ...(busy !== undefined && { busy }),
    ...(way === 'udp' && overUdp(board)),
  });
  return (connection) => session(camera, connection, { loss, damage, seed });
}

/** As the camera's own network example sets it up (PROTOCOL 12), where its board has room for that. */
function overUdp(board: BoardName): VirtualCameraOptions {
  const maxPayload = Math.min(1400, boardNamed(board).bufferSize - OVERHEAD_BYTES);
  return { maxPayload, ack: false, retransmitTimeoutMs: 100 };
}

function session(camera: VirtualCamera, connection: Connection, faults: FaultyOptions): Observable<never> {
  return new Observable((subscriber) =>
    faultyConnection(connection, faults).subscribe((faulty) => {
      const attached = camera.attach(faulty);
      subscriber.add(attached);
      attached.add(() => subscriber.complete());
    }),
  );
}

import type { Connection } from 'openmv-rx';
import { ChannelFlag } from 'openmv-rx/protocol';
import { faultyConnection } from 'openmv-rx/testing';
import { VirtualCamera } from 'openmv-rx/virtual';
import type { BedOptions } from './bed.js';
import { numberedFrame } from './frames.js';
import { OneFault } from './one-fault.js';

/**
 * A camera that costs as little as possible: its pictures are prepared bytes, a new one each millisecond.
 *
 * Beside its stream it has `notes`, which keeps what was written to it last, and `bulk`, which is as large as a frame
 * and can be read without the locks that limit the rate of frames.
 */
export class BenchCamera {
  readonly oneFault = new OneFault();
  readonly #camera: VirtualCamera;

  constructor(private readonly options: BedOptions) {
    const { frameBytes } = options;
    const frame = numberedFrame(frameBytes);
    const bulk = numberedFrame(frameBytes)(0);
    this.#camera = new VirtualCamera({
      width: 640,
      height: 480,
      framesPerSecond: 1000,
      stdoutIntervalMs: false,
      frameSource: frame,
    });
    let note = new Uint8Array(0);
    const notes = {
      size: () => note.length,
      readp: (offset: number, size: number) => note.subarray(offset, offset + size),
      write: (_offset: number, data: Uint8Array) => {
        note = data.slice();
        return data.length;
      },
    };
    const { device } = this.#camera;
    device.register('notes', notes, ChannelFlag.READ | ChannelFlag.WRITE);
    device.register(
      'bulk',
      { size: () => bulk.length, readp: (offset, size) => bulk.subarray(offset, offset + size) },
      ChannelFlag.READ,
    );
  }

  attach(connection: Connection): void {
    const { faults } = this.options;
    if (faults === undefined) this.#camera.attach(connection);
    else faultyConnection(this.oneFault.on(connection), faults).subscribe((faulty) => this.#camera.attach(faulty));
  }
}

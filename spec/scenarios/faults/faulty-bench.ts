import { Camera, type CameraOptions, type CameraState } from '../../../lib/index.js';
import { VirtualCamera, type VirtualCameraOptions } from '../../../lib/virtual/index.js';
import { SteadyClock } from './steady-clock.js';
import { Wire, type Passed, type Way } from './wire.js';

/** A camera and a host in one virtual time, with a wire between them whose packets the test decides about. */
export class FaultyBench {
  readonly clock = new SteadyClock();
  readonly wire: Wire;
  readonly device: VirtualCamera;
  readonly camera: Camera;
  readonly states: CameraState[] = [];

  constructor(device: VirtualCameraOptions = {}, host: CameraOptions = {}, seed = 1) {
    this.wire = new Wire(this.clock, seed);
    this.device = new VirtualCamera({
      scheduler: this.clock,
      stdoutIntervalMs: false,
      frameSource: (index) => Uint8Array.of(index, index >> 8, ...new Uint8Array(10_000)),
      ...device,
    });
    this.camera = new Camera(this.wire.through(this.device.transport()), { scheduler: this.clock, ...host });
    this.camera.state$.subscribe((state) => this.states.push(state));
    this.wire.record = true;
  }

  /** The link open, half a millisecond each way. */
  connected(): this {
    this.wire.faults({ delay: 0.5 });
    this.camera.connect();
    this.clock.pass(100);
    return this;
  }

  /** Packets of an opcode on the wire, those that were lost too, since the beginning. */
  passed(way: Way, opcode: number): Passed[] {
    return this.wire.seen.filter((one) => one.way === way && one.packet.opcode === opcode);
  }

  /** The states it went through, in words. */
  story(): string[] {
    return this.states.map(({ state }) => state);
  }

  /** The numbers of the frames that come from now on. */
  frames(): number[] {
    const numbers: number[] = [];
    this.camera.frames$.subscribe(({ data }) => numbers.push(data[0]! | (data[1]! << 8)));
    return numbers;
  }
}

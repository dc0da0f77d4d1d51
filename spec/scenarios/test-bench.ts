import { filter, map, merge, Observable, Subject } from 'rxjs';
import { Camera, type CameraOptions, type Transport } from '../../lib/index.js';
import { Flag, type Packet } from '../../lib/operators/index.js';
import { VirtualCamera, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { isPacket } from '../../lib/wire/packet.js';
import { Clock } from '../device/clock.js';
import { TrackedScheduler } from './tracked-scheduler.js';

/** A camera and a host in one virtual time, with every packet between them on record and a plug to pull. */
export class Bench {
  readonly clock = new Clock();
  readonly #hostTime = new TrackedScheduler(this.clock);
  /** Called before each write of the host goes out, with the packets in it. */
  onSent: (packets: readonly Packet[]) => void = () => undefined;
  /** Whether what the camera sends is lost. */
  deaf = false;
  readonly device: VirtualCamera;
  readonly camera: Camera;
  readonly #sent: Packet[] = [];
  #unplugged$ = new Subject<never>();
  readonly #arriving$ = new Subject<Uint8Array>();
  #held: Uint8Array[] | undefined;
  openings = 0;

  constructor(
    device: VirtualCameraOptions = {},
    host: CameraOptions = {},
    pictures: 'prepared' | 'drawn' = 'prepared',
  ) {
    this.device = new VirtualCamera({
      scheduler: this.clock,
      // Its events would stand among those that a spec is about.
      ...(device.board === undefined ? { imu: false } : {}),
      ...(pictures === 'prepared' ? { frameSource } : {}),
      ...device,
    });
    this.camera = new Camera(this.#watched(this.device.transport()), { scheduler: this.#hostTime, ...host });
  }

  /** Lets time pass, and with it all that is due. */
  pass(ms: number): void {
    this.clock.pass(ms);
  }

  /** Runs a script of the host's. Its end will be a soft reboot, which that of the camera's own is not. */
  run(script = 'while True: pass'): void {
    this.camera.run(script).subscribe();
    this.pass(1000);
  }

  /** The host's commands of an opcode, and its acknowledgements, since the last `forget()`. */
  sent(opcode: number): Packet[] {
    return this.#sent.filter((packet) => packet.opcode === opcode && packet.flags === 0);
  }

  acknowledged(opcode: number): Packet[] {
    return this.#sent.filter((packet) => packet.opcode === opcode && packet.flags === Flag.ACK);
  }

  /** Timers of the host that are still to come. */
  get hostTimers(): number {
    return this.#hostTime.pending;
  }

  forget(): void {
    this.#sent.length = 0;
  }

  /** What the camera says during `work` arrives in one chunk behind it. */
  inOneChunk(work: () => void): void {
    const held: Uint8Array[] = [];
    this.#held = held;
    work();
    this.#held = undefined;
    this.#arriving$.next(Uint8Array.from(held.flatMap((bytes) => [...bytes])));
  }

  /** The port goes away, as when the cable is pulled. */
  unplug(error: unknown): void {
    const unplugged$ = this.#unplugged$;
    this.#unplugged$ = new Subject();
    unplugged$.error(error);
  }

  #arrives(bytes: Uint8Array): boolean {
    this.#held?.push(bytes);
    return !this.deaf && this.#held === undefined;
  }

  #watched(transport: Transport): Transport {
    return {
      name: transport.name,
      open: () =>
        new Observable((subscriber) => {
          this.openings++;
          const decoder = new Decoder();
          subscriber.add(this.#unplugged$.subscribe(subscriber));
          subscriber.add(
            transport
              .open()
              .pipe(
                map((connection) => ({
                  bytes$: merge(this.#arriving$, connection.bytes$.pipe(filter((bytes) => this.#arrives(bytes)))),
                  write: (bytes: Uint8Array) => {
                    const packets = decoder.push(bytes.slice()).filter(isPacket);
                    this.onSent(packets);
                    this.#sent.push(...packets);
                    return connection.write(bytes);
                  },
                })),
              )
              .subscribe(subscriber),
          );
        }),
    };
  }
}

/** A JPEG costs the test time that it has no use for: these are bytes with their number in front. */
function frameSource(index: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xff, 0xd8, index, index >> 8, ...new Uint8Array(5000), 0xff, 0xd9);
}

/** The number that a frame of the bench's frame source carries. */
export function frameIndex(data: Uint8Array): number {
  return (data[2] as number) | ((data[3] as number) << 8);
}

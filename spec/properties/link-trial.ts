import { ignoreElements, type Observable, Subscription } from 'rxjs';
import { Camera, isOpenMVError, type CameraState, type ErrorCode } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { type Faults, seededRandom } from '../../lib/transport/fault-line.js';
import { pattern } from '../contracts/far-end.js';
import { SteadyClock } from '../scenarios/faults/steady-clock.js';
import { Wire } from '../scenarios/faults/wire.js';

/** What a trial is made of; all of it follows from the seed. */
export interface TrialOptions {
  readonly seed: number;
  /** Whether the device waits for acknowledgements. Default: as the seed has it. */
  readonly acks?: boolean;
  /** How long faults happen, in virtual milliseconds. Default 2000. */
  readonly faultyMs?: number;
  /** The most of each fault. Default 0.1. */
  readonly most?: number;
}

/** One command and what became of it. */
interface Started {
  readonly what: string;
  readonly at: number;
  readonly allowedMs: number;
  endedAt?: number;
  code?: ErrorCode | 'done' | 'unsubscribed';
}

const HELD = pattern(30_000, 2);
const COMMAND_MS = 4000;
/** Waiting for a session, and then the command itself (DESIGN, 4; `CameraOptions.commandTimeoutMs`). */
const ONE_COMMAND_MS = 2 * COMMAND_MS + 200;
/** SIZE and READ, up to four times, each within its time. */
const READING_MS = ONE_COMMAND_MS + 4 * 2 * (COMMAND_MS + 3000);

/**
 * A camera and a host on a wire whose faults change, with commands of all kinds in any order. What must hold is checked
 * by `broken()`: a list of what does not.
 */
export class Trial {
  readonly clock = new SteadyClock();
  readonly wire: Wire;
  readonly device: VirtualCamera;
  readonly camera: Camera;
  readonly acks: boolean;
  readonly bufferSize: 512 | 4096 | 8192;
  readonly started: Started[] = [];
  readonly states: CameraState[] = [];
  readonly phases: string[] = [];
  readonly #random: () => number;
  readonly #held: Uint8Array;
  readonly #broken: string[] = [];
  /** How often the device has executed each write and ioctl. */
  readonly #written = new Map<number, number>();
  readonly #called = new Map<number, number>();
  readonly #busy = new Set<string>();
  readonly #subscriptions = new Subscription();
  #frames: Subscription | undefined;
  #lastFrame = -1;
  #framesSeen = 0;
  #text = '';
  #number = 0;

  constructor(private readonly options: TrialOptions) {
    const random = (this.#random = seededRandom(options.seed * 7919 + 1));
    this.wire = new Wire(this.clock, options.seed);
    const chance = random() < 0.6;
    this.acks = options.acks ?? chance;
    this.bufferSize = this.#pick([512, 4096, 8192]);
    this.#held = HELD.slice(0, 1 + Math.floor(random() ** 2 * 30_000));
    this.device = new VirtualCamera({
      scheduler: this.clock,
      bufferSize: this.bufferSize,
      framesPerSecond: 15,
      stdoutIntervalMs: false,
      frameSource: (index) => numberedFrame(index),
    });
    this.#registerChannels();
    this.camera = new Camera(this.wire.through(this.device.transport()), {
      scheduler: this.clock,
      commandTimeoutMs: COMMAND_MS,
      reconnect: 'always',
      capabilities: { ack: this.acks },
    });
  }

  /** Runs it: faults, commands, and in the end none of either. */
  run(): this {
    const { faultyMs = 2000 } = this.options;
    this.#subscriptions.add(this.camera.connect());
    this.camera.state$.subscribe((state) => this.states.push(state));
    this.#listen();
    this.clock.pass(200);
    const until = this.clock.now() + faultyMs;
    this.#phase();
    while (this.clock.now() < until) {
      if (this.#random() < 0.02) this.#phase();
      this.#command();
      if (this.#random() < 0.05) this.device.print(`<${++this.#number}>`);
      this.clock.pass(this.#random() < 0.5 ? 1 : Math.floor(this.#random() * 40));
    }
    this.wire.faults({ delay: 1 });
    this.#everyCommandEnds();
    this.#worksAgain();
    this.#leavesNothing();
    this.#wasExecutedOnce();
    return this;
  }

  /** What did not hold, or an empty list. */
  broken(): readonly string[] {
    return this.#broken;
  }

  /** Counts of how commands ended. */
  outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { what, code = 'not ended' } of this.started) {
      const key = `${what.split(' ')[0]!} ${code}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  /** For people, when it failed: how to have it again and what was going on. */
  report(): string {
    const { seed } = this.options;
    return [
      `seed ${seed}, acks ${this.acks ? 'on' : 'off'}, buffer ${this.bufferSize}`,
      ...this.#broken,
      ...this.phases,
      ...this.states.map(({ state, reason }) => `${state}: ${reason}`),
    ].join('\n');
  }

  /** Of each packet of a write; while ACKs are awaited the camera's buffer keeps room for three (PROTOCOL 5a, "Room"). */
  get #pieceBytes(): number {
    return this.bufferSize - (this.acks ? 52 : 22);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  #fail(what: string): void {
    this.#broken.push(`at ${Math.round(this.clock.now())} ms: ${what}`);
  }

  #registerChannels(): void {
    const { device } = this.device;
    const held = this.#held;
    const { READ, WRITE } = ChannelFlag;
    // Without DYNAMIC they are of the firmware itself and stay.
    device.register('held', { size: () => held.length, readp: (at, size) => held.subarray(at, at + size) }, READ);
    device.register('pieces', { size: () => held.length, read: (at, size) => held.subarray(at, at + size) }, READ);
    device.register(
      'log',
      {
        write: (offset, data) => {
          const number = data[0]! | (data[1]! << 8);
          const key = number * 1000 + offset / this.#pieceBytes;
          this.#written.set(key, (this.#written.get(key) ?? 0) + 1);
          return data.length;
        },
      },
      WRITE,
    );
    const ioctl = (number: number): void => void this.#called.set(number, (this.#called.get(number) ?? 0) + 1);
    device.register('knob', { ioctl, write: () => 0 }, ChannelFlag.DYNAMIC);
  }

  #phase(): void {
    const { most = 0.1 } = this.options;
    const some = (): number => (this.#random() < 0.5 ? 0 : this.#random() * most);
    const faults = (): Faults => ({
      loss: some(),
      damage: some(),
      ...(this.#random() < 0.3 && { duplicate: some(), reorder: some() }),
      delay: this.#random() < 0.3 ? 0 : this.#random() * 4,
      jitter: this.#random() < 0.7 ? 0 : this.#random() * 3,
      ...(this.#random() < 0.2 && { chunk: this.#pick([64, 1000]) }),
    });
    const [out, back] = [faults(), faults()];
    this.phases.push(`${this.clock.now()} ms: out ${JSON.stringify(out)} in ${JSON.stringify(back)}`);
    this.wire.faults({}, out, back);
  }

  #listen(): void {
    this.#subscriptions.add(this.camera.stdout$.subscribe((text) => (this.#text += text)));
    this.#subscriptions.add(this.camera.events$.subscribe());
    this.#toggleFrames();
  }

  #toggleFrames(): void {
    if (this.#frames !== undefined) {
      this.#frames.unsubscribe();
      this.#frames = undefined;
      return;
    }
    this.#frames = this.camera.frames$.subscribe({
      next: ({ data }) => {
        const index = data[2]! | (data[3]! << 8);
        if (Buffer.compare(data, numberedFrame(index)) !== 0) this.#fail(`frame ${index} is not what the camera had`);
        if (index <= this.#lastFrame) this.#fail(`frame ${index} came behind ${this.#lastFrame}`);
        this.#lastFrame = index;
        this.#framesSeen++;
      },
      error: (error: unknown) => this.#fail(`frames$ ended: ${String(error)}`),
    });
  }

  #command(): void {
    const kind = this.#pick(['read', 'pieces', 'write', 'write', 'long', 'ioctl', 'poll', 'size', 'frames', 'info']);
    if (kind === 'frames') {
      if (this.#random() < 0.2) this.#toggleFrames();
    } else if (this.#busy.size < 5) this.#start(kind);
  }

  #start(kind: string): void {
    const { camera } = this;
    const number = ++this.#number;
    const name = kind === 'pieces' ? 'pieces' : kind === 'ioctl' ? 'knob' : /write|long/.test(kind) ? 'log' : 'held';
    if (this.#busy.has(name)) return;
    const check = (bytes: Uint8Array): void => {
      if (Buffer.compare(bytes, this.#held) !== 0)
        this.#fail(`${kind} gave ${bytes.length} bytes that are not the ${this.#held.length} of the camera`);
    };
    const asked = {
      read: () => camera.channel('held').read(),
      pieces: () => camera.channel('pieces').read(),
      write: () => camera.channel('log').write(record(number, 8)),
      long: () => camera.channel('log').write(record(number, 1 + Math.floor(this.#random() * 3 * this.bufferSize) + 8)),
      ioctl: () => camera.channel('knob').ioctl(number),
      poll: () => camera.channel('held').poll(),
      size: () => camera.channel('held').size(),
      info: () => camera.deviceStats(),
    }[kind]!() as Observable<unknown>;
    const allowedMs =
      kind === 'read' || kind === 'pieces' ? READING_MS : kind === 'long' ? 10 * ONE_COMMAND_MS : ONE_COMMAND_MS;
    const started: Started = { what: `${kind} ${number}`, at: this.clock.now(), allowedMs };
    this.started.push(started);
    this.#busy.add(name);
    const end = (code: Started['code']): void => {
      this.#busy.delete(name);
      started.endedAt = this.clock.now();
      started.code = code!;
      if (started.endedAt - started.at > allowedMs)
        this.#fail(`${started.what} took ${started.endedAt - started.at} ms`);
    };
    const subscription = asked.subscribe({
      next: (value) => value instanceof Uint8Array && check(value),
      error: (error: unknown) => {
        end(isOpenMVError(error) ? error.code : undefined);
        if (!isOpenMVError(error) || !/TIMEOUT|LINK_LOST|OUTCOME_UNKNOWN/.test(error.code))
          this.#fail(`${started.what} ended with ${String(error)}`);
      },
      complete: () => end('done'),
    });
    if (!subscription.closed && this.#random() < 0.1) {
      this.clock.schedule(() => {
        if (subscription.closed) return;
        subscription.unsubscribe();
        end('unsubscribed');
      }, this.#random() * 30);
    }
  }

  #everyCommandEnds(): void {
    const waitsMs = Math.max(
      0,
      ...this.started.filter(({ code }) => code === undefined).map(({ allowedMs }) => allowedMs),
    );
    for (let ms = 0; ms < waitsMs && this.#busy.size > 0; ms += 100) this.clock.pass(100);
    for (const { what, at, code } of this.started) {
      if (code === undefined) this.#fail(`${what} of ${at} ms did not end`);
    }
  }

  /** Without faults, all there is works within seconds. */
  #worksAgain(): void {
    if (this.#frames === undefined) this.#toggleFrames();
    // The device's own last wait for an acknowledgement, which the host leaves it where a read consumes (PROTOCOL 5).
    this.clock.pass(4500);
    this.device.print('<last>');
    const done: string[] = [];
    const must = (what: string, work: Observable<unknown>): void => {
      work.pipe(ignoreElements()).subscribe({
        complete: () => done.push(what),
        error: (error: unknown) => this.#fail(`${what} when the faults had stopped: ${String(error)}`),
      });
    };
    const number = ++this.#number;
    must('write', this.camera.channel('log').write(record(number, 8)));
    must('read', this.camera.channel('held').read());
    must('pieces', this.camera.channel('pieces').read());
    must('ioctl', this.camera.channel('knob').ioctl(number));
    const before = this.#framesSeen;
    this.clock.pass(2000);
    if (done.length < 4) this.#fail(`only ${done.join(', ')} worked when the faults had stopped`);
    if (this.#framesSeen - before < 20) this.#fail(`only ${this.#framesSeen - before} frames in 2 s without faults`);
    if (!this.#text.includes('<last>')) this.#fail('no text came when the faults had stopped');
  }

  #leavesNothing(): void {
    this.#frames?.unsubscribe();
    this.#subscriptions.unsubscribe();
    this.clock.pass(10_000);
    const left = this.clock.pending;
    if (left > 0) this.#fail(`${left} timers are left`);
  }

  #wasExecutedOnce(): void {
    for (const { what, code } of this.started) {
      const [kind, number] = [what.split(' ')[0]!, Number(what.split(' ')[1])];
      if (kind === 'ioctl') this.#count(what, this.#called.get(number) ?? 0, code);
      if (kind === 'write') this.#count(what, this.#written.get(number * 1000) ?? 0, code);
      if (kind === 'long') {
        const pieces = [...this.#written].filter(([key]) => Math.floor(key / 1000) === number);
        if (pieces.some(([, times]) => times > 1)) this.#fail(`${what} has a piece that was executed twice`);
        pieces.sort(([a], [b]) => a - b);
        if (code === 'done' && pieces.some(([key], i) => key !== number * 1000 + i)) this.#fail(`${what} is not whole`);
        if (code === 'done' && pieces.length === 0) this.#fail(`${what} was done and is not there`);
      }
    }
    const numbers = [...this.#text.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number));
    numbers.forEach((number, i) => {
      if (i > 0 && number <= numbers[i - 1]!) this.#fail(`text <${number}> came behind <${numbers[i - 1]!}>`);
    });
  }

  #count(what: string, times: number, code: Started['code']): void {
    if (times > 1) this.#fail(`${what} was executed ${times} times and ended as ${code}`);
    if (code === 'done' && times !== 1) this.#fail(`${what} was done and executed ${times} times`);
    if (/LINK_LOST|TIMEOUT/.test(String(code)) && times > 0) this.#fail(`${what} ended as ${code} and was executed`);
  }
}

/** Bytes with their number in front of each packet of the camera: those carry an even number of them. */
function record(number: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint16Array(Math.ceil(length / 2)).fill(number).buffer);
}

const PICTURES = pattern(20_000);

function numberedFrame(index: number): Uint8Array<ArrayBuffer> {
  const length = 3000 + (index % 7) * 1000;
  const frame = PICTURES.slice(index % 10_000, (index % 10_000) + length);
  frame.set([0xff, 0xd8, index & 0xff, index >> 8]);
  return frame;
}

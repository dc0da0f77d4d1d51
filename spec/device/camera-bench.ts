import { VirtualCamera, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeUtf8,
  decodeWord,
  encodeIoctl,
  encodeReadRequest,
  encodeUtf8,
  encodeWords,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { SimpleHost } from './simple-host.js';

export const STDIN = 1;
export const STDOUT = 2;
export const STREAM = 3;

export function started(options: VirtualCameraOptions = {}): { camera: VirtualCamera; host: SimpleHost; clock: Clock } {
  const clock = new Clock();
  // What `imu` tells by itself would stand among what a spec is about.
  const quiet = options.board === undefined ? { imu: false } : {};
  const camera = new VirtualCamera({ scheduler: clock, width: 32, height: 24, ...quiet, ...options });
  const host = new SimpleHost(camera);
  host.synchronise();
  host.events.length = 0;
  return { camera, host, clock };
}

export function run(host: SimpleHost, clock: Clock, source: string): void {
  host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
  clock.pass(1);
  host.synchronise();
  host.events.length = 0;
  host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8(source)));
  host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
}

/** What MicroPython prints behind the soft reboot of a camera that is no board in particular. */
export const GREETING = [
  'MPY: soft reboot',
  'OpenMV v5.0.0; MicroPython v1.29.0; OPENMV4 with STM32H743',
  'Type "help()" for more information.',
  '>>> ',
].join('\r\n');

export function stop(host: SimpleHost, clock: Clock): void {
  host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
  clock.pass(1);
}

/** Uploads and executes, whatever runs. */
export function execute(host: SimpleHost, clock: Clock, source: string): void {
  host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8(source)));
  host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
  clock.pass(1);
}

export const stdout = (host: SimpleHost): string => {
  const size = decodeWord(host.ask(Opcode.CHANNEL_SIZE, STDOUT).payload);
  return size === 0 ? '' : decodeUtf8(host.ask(Opcode.CHANNEL_READ, STDOUT, encodeReadRequest(0, size)).payload);
};

export const idOf = (host: SimpleHost, name: string): number | undefined =>
  decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload).find((entry) => entry.name === name)?.id;

export const switchStream = (host: SimpleHost, on: boolean): void => {
  host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(0, encodeWords(Number(on))));
};

export function readFrame(host: SimpleHost): Uint8Array<ArrayBuffer> {
  expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('ACK');
  const size = decodeWord(host.ask(Opcode.CHANNEL_SIZE, STREAM).payload);
  const frame = host.ask(Opcode.CHANNEL_READ, STREAM, encodeReadRequest(0, size)).payload;
  expect(host.ask(Opcode.CHANNEL_UNLOCK, STREAM).word).toBe('ACK');
  return frame;
}

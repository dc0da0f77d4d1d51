import jpeg from 'jpeg-js';
import { frameNumber, type VirtualCameraOptions } from '../../../lib/virtual/index.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import {
  decodeFrameHeader,
  decodeWord,
  encodeIoctl,
  encodeWords,
  PixelFormat,
} from '../../../lib/wire/payloads/index.js';
import { execute, readFrame, started, stdout, stop, STREAM, switchStream } from '../camera-bench.js';
import type { Clock } from '../clock.js';
import type { SimpleHost } from '../simple-host.js';

const failing = (): never => {
  throw new Error('no encoder');
};

describe('a VirtualCamera', () => {
  describe('its stream', () => {
    it('publishes nothing until it is switched on', () => {
      const { host, clock } = started();
      clock.pass(1000);
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      expect(host.events.filter((event) => event.startsWith('3'))).toEqual([]);
    });

    it('publishes one frame and no further one until the host has read it', () => {
      const { host, clock } = started();
      switchStream(host, true);
      clock.pass(400);
      expect(host.events.filter((event) => event.startsWith('3'))).toEqual(['3:notify']);
      const frame = readFrame(host);
      expect(decodeFrameHeader(frame)).toMatchObject({
        width: 32,
        height: 24,
        pixelFormat: PixelFormat.JPEG,
        size: frame.length - 32,
        offset: 32,
        fps: 25,
      });
      expect(frameNumber(frame.subarray(32))).toBe(1);
      expect(jpeg.decode(frame.subarray(32))).toMatchObject({ width: 32, height: 24 });
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      clock.pass(40);
      expect(frameNumber(readFrame(host).subarray(32))).toBe(12);
    });

    it('drops the frame at hand and its lock when it is switched', () => {
      const { host, clock } = started();
      switchStream(host, true);
      clock.pass(0);
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('ACK');
      switchStream(host, false);
      expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, STREAM).payload)).toBe(0);
    });

    it('refuses requests with a wrong argument', () => {
      const { host } = started();
      const ask = (request: number, bytes: number) =>
        host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(request, new Uint8Array(bytes))).word;
      expect([ask(0, 0), ask(0, 8), ask(2, 4), ask(9, 0)]).toEqual(Array(4).fill('NAK INVALID'));
      expect([ask(0, 4), ask(1, 4), ask(2, 8), ask(3, 4)]).toEqual(Array(4).fill('ACK'));
    });

    it('gives raw frames of the size that was asked for, where they fit', () => {
      const { host, clock } = started();
      host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(2, encodeWords(16, 12)));
      host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(1, encodeWords(1)));
      switchStream(host, true);
      clock.pass(0);
      const frame = readFrame(host);
      expect(decodeFrameHeader(frame)).toMatchObject({
        width: 16,
        height: 12,
        pixelFormat: PixelFormat.RGB565,
        size: 2,
      });
      expect(frame).toHaveLength(32 + 2 * 16 * 12);
    });

    it('stays on through a soft reboot, but shows nothing until a script runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      switchStream(host, true);
      execute(host, clock, 'pass');
      clock.pass(500);
      host.synchronise();
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      execute(host, clock, 'while True:');
      clock.pass(50);
      expect(readFrame(host).length).toBeGreaterThan(32);
    });

    it('shows nothing new when the main script was stopped, until a script runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      switchStream(host, true);
      clock.pass(0);
      stop(host, clock);
      expect(frameNumber(readFrame(host).subarray(32))).toBe(1);
      clock.pass(500);
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      execute(host, clock, 'while True:');
      clock.pass(50);
      expect(frameNumber(readFrame(host).subarray(32))).toBe(2);
    });

    it('encodes only what is published, with what it was given', () => {
      const asked: number[] = [];
      const frameSource = (index: number) => {
        asked.push(index);
        return Uint8Array.of(index);
      };
      const { host, clock } = started({ frameSource });
      clock.pass(1000);
      switchStream(host, true);
      clock.pass(1000);
      expect(asked).toEqual([1]);
      expect(readFrame(host).subarray(32)).toEqual(Uint8Array.of(1));
    });
  });

  it.each<[string, VirtualCameraOptions]>([
    ['encodeJpeg', { encodeJpeg: failing }],
    ['frameSource', { frameSource: failing }],
  ])('publishes no frame that %s throws at, says why, and goes on with the next', (_, options) => {
    const { camera, host, clock } = started({ ...options, stdoutIntervalMs: false });
    const errors: unknown[] = [];
    camera.device.errors$.subscribe((error) => errors.push(error));
    switchStream(host, true);
    clock.pass(40);
    expect(host.events).not.toContain('3:notify');
    expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
    expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, STREAM).payload)).toBe(0);
    const failure = { channel: 'stream', opcode: undefined, error: new Error('no encoder') };
    expect(errors).toEqual([failure, failure]);
    expect(stdout(host)).toBe('no encoder\r\n'.repeat(2));
    camera.adjust({ format: 'png' });
    clock.pass(40);
    if (options.encodeJpeg) expect(readFrame(host).length).toBeGreaterThan(32);
    else expect(errors).toEqual([failure, failure, failure]);
  });
});

const COLOUR = 0x5640;
const THERMAL = 0x5435;

const source = (host: SimpleHost, chipId: number): string =>
  host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(3, encodeWords(chipId))).word;

/** How much red and blue differ in a raw picture: of gray steps, not at all. */
function colour(host: SimpleHost, clock: Clock): 'colour' | 'gray' {
  clock.pass(40);
  const frame = readFrame(host).subarray(32);
  const words = Array.from({ length: frame.length / 2 }, (_, at) => frame[2 * at]! | (frame[2 * at + 1]! << 8));
  return words.every((word) => Math.abs((word >> 11) - (word & 0x1f)) <= 1) ? 'gray' : 'colour';
}

function twoSensors(): { host: SimpleHost; clock: Clock } {
  const camera = started({ sensors: [COLOUR, THERMAL], stdoutIntervalMs: false });
  const { host } = camera;
  host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(1, encodeWords(1)));
  switchStream(host, true);
  return camera;
}

describe('the source of the stream', () => {
  it('is the first sensor, and then the one that the host chooses', () => {
    const { host, clock } = twoSensors();
    expect(colour(host, clock)).toBe('colour');
    expect(source(host, THERMAL)).toBe('ACK');
    expect(colour(host, clock)).toBe('gray');
    expect(source(host, COLOUR)).toBe('ACK');
    expect(colour(host, clock)).toBe('colour');
  });

  it('stays as it is when the host chooses a sensor that is not there', () => {
    const { host, clock } = twoSensors();
    source(host, THERMAL);
    expect(source(host, 0x1234)).toBe('NAK FAILED');
    expect(colour(host, clock)).toBe('gray');
  });

  it('is the first one again by chip id 0', () => {
    const { host, clock } = twoSensors();
    source(host, THERMAL);
    expect(source(host, 0)).toBe('ACK');
    expect(colour(host, clock)).toBe('colour');
  });

  it('is the first one again when a script has set up its camera', () => {
    const { host, clock } = twoSensors();
    source(host, THERMAL);
    clock.pass(0);
    execute(host, clock, 'while True: pass');
    // The first was taken before.
    expect([colour(host, clock), colour(host, clock)]).toEqual(['gray', 'colour']);
  });
});

describe('a picture that does not fit the stream buffer even as JPEG', () => {
  it('is not published, and marked on stdout', () => {
    const { camera, host, clock } = started({ board: 'M7', width: 1600, height: 1200, stdoutIntervalMs: false });
    switchStream(host, true);
    clock.pass(0);
    expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
    expect(stdout(host)).toBe('\u001b[40O\r\n');
    camera.adjust({ width: 32, height: 24 });
    clock.pass(40);
    expect(readFrame(host).length).toBeGreaterThan(32);
  });
});

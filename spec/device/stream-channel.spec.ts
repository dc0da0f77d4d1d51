import { Opcode } from '../../lib/wire/opcode.js';
import { encodeIoctl, encodeWords } from '../../lib/wire/payloads/index.js';
import { readFrame, run, started, stdout, STREAM, switchStream } from './camera-bench.js';
import type { Clock } from './clock.js';
import type { SimpleHost } from './simple-host.js';

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
    run(host, clock, 'while True: pass');
    source(host, THERMAL);
    clock.pass(0);
    host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(1, encodeWords(1)));
    expect(colour(host, clock)).toBe('colour');
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

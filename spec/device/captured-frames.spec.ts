import { Device } from '../../lib/device/index.js';
import { crc16, crc32 } from '../../lib/wire/crc.js';
import { ChannelFlag, Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeSystemInfo, NOTIFY } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { registerStandIns } from './recorded-device.js';
import { bytes, capture, hexOf, inWords, link, recordedReplies, type Row } from './support.js';

/** A row that the line has damaged says nothing about what the device wrote. */
function isIntact({ bytes: row }: Row): boolean {
  if (crc16(row.subarray(0, 8)) !== (row[8]! | (row[9]! << 8))) return false;
  const length = row[6]! | (row[7]! << 8);
  if (row.length !== 10 + (length === 0 ? 0 : length + 4)) return false;
  return length === 0 || crc32(row.subarray(10, -4)) === Buffer.from(row).readUInt32LE(row.length - 4);
}

/** The frames that were read, put together from the rows: what is in them is no rule of the protocol. */
function framesIn(rows: readonly Row[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let last = -1;
  for (const { bytes: row } of rows.filter(isStreamData)) {
    const [, , sequence = 0, , flags = 0] = row;
    if (sequence === last) continue;
    last = sequence;
    parts.push(row.subarray(10, -4));
    if ((flags & Flag.FRAGMENT) !== 0) continue;
    frames.push(Uint8Array.from(Buffer.concat(parts)));
    parts = [];
  }
  return frames;
}

function isStreamData(row: Row): boolean {
  return row.from === 'device' && row.bytes[3] === 3 && row.bytes[5] === Opcode.CHANNEL_READ && isIntact(row);
}

/** A stream that publishes when it is told to: when the recorded one did. */
function registerStream(device: Device, frameAt: (index: number) => Uint8Array): () => void {
  let published = 0;
  let frame: Uint8Array = bytes('');
  let locked = false;
  const unlock = () => {
    if (locked) frame = bytes('');
    locked = false;
    return true;
  };
  const backend = {
    lock: () => frame.length > 0 && !locked && (locked = true),
    unlock,
    size: () => frame.length,
    readp: (offset: number, size: number) => frame.subarray(offset, offset + size),
    ioctl: () => 0,
    ioctlSizes: new Map([
      [0, 4],
      [1, 4],
    ]),
  };
  const channel = device.register('stream', backend, ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM);
  return () => {
    frame = frameAt(published++);
    channel.sendEvent(NOTIFY);
  };
}

/** In `loss` not every frame was read, but they differ in a counter only. */
function recordedFrames(name: string, rows: readonly Row[]): (index: number) => Uint8Array {
  const frames = framesIn(rows);
  if (name !== 'loss') return (index) => frames[index] ?? bytes('');
  return (index) => {
    const frame = frames[0]!.slice();
    frame[32] = index;
    return frame;
  };
}

describe('a Device whose frames are read as the recorded ones were', () => {
  it.each(['loss', 'frame-jpeg', 'frame-jpeg-noack'])('says and repeats the same, at the same times: %s', (name) => {
    const rows = capture(name);
    const clock = new Clock();
    const device = new Device({
      scheduler: clock,
      systemInfo: decodeSystemInfo(recordedReplies('naks', Opcode.SYS_INFO)[0]!),
    });
    device.register('stdin', {}, ChannelFlag.WRITE | ChannelFlag.EXEC);
    device.register('stdout', {}, ChannelFlag.READ);
    const publish = registerStream(device, recordedFrames(name, rows));
    const host = link(device);
    registerStandIns(device);
    let compared = 0;
    for (const row of rows) {
      clock.pass(row.t / 1000 - clock.now());
      if (row.from === 'host') host.send(row.bytes);
      else {
        if (row.bytes[5] === Opcode.CHANNEL_EVENT) publish();
        const said = host.written.shift()!;
        if (!isIntact(row)) continue;
        expect(`${row.t} ${inWords(said)}`).toBe(`${row.t} ${inWords(row.bytes)}`);
        expect(hexOf(said) === hexOf(row.bytes)).toBe(true);
        compared++;
      }
    }
    expect(host.said()).toEqual([]);
    expect(compared).toBeGreaterThan(40);
  });
});

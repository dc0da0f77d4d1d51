import { Device, type DeviceChannel } from '../../lib/device/index.js';
import { crc32 } from '../../lib/wire/crc.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeWords } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { registerStandIns } from './recorded-device.js';
import { bytes, capture, hexOf, inWords, link, recordedReplies, type Row } from './support.js';
import { decodeSystemInfo } from '../../lib/wire/payloads/index.js';

/** A row that the line has damaged behind its header says nothing about what the device wrote. */
function isIntact({ bytes: row }: Row): boolean {
  const length = row[6]! | (row[7]! << 8);
  if (row.length !== 10 + (length === 0 ? 0 : length + 4)) return false;
  return length === 0 || crc32(row.subarray(10, -4)) === Buffer.from(row).readUInt32LE(row.length - 4);
}

/** The frames of the recorded stand-in: they differ in a counter only. */
function frames(rows: readonly Row[]): (index: number) => Uint8Array {
  const fragments = rows.filter(
    ({ from, bytes: row }) => from === 'device' && row[3] === 3 && row[5] === Opcode.CHANNEL_READ,
  );
  const parts: Uint8Array[] = [];
  for (const row of fragments) {
    if ((row.bytes[4]! & 0x04) === 0) parts.push(row.bytes.subarray(10, -4));
    if ((row.bytes[4]! & 0x10) === 0) break;
  }
  const first = Uint8Array.from(Buffer.concat(parts));
  return (index) => {
    const frame = first.slice();
    frame.set(encodeWords(index), 28);
    return frame;
  };
}

function streamOf(device: Device, frameAt: (index: number) => Uint8Array): DeviceChannel {
  let index = -1;
  let frame = bytes('');
  let locked = false;
  const publish = () => (frame = frameAt(++index));
  const backend = {
    lock: () => frame.length > 0 && !locked && (locked = true),
    unlock: () => {
      if (locked) publish();
      locked = false;
      return true;
    },
    size: () => frame.length,
    readp: (offset: number, size: number) => frame.subarray(offset, offset + size),
    ioctl: (request: number) => void (request === 0 && publish()),
    ioctlSizes: new Map([
      [0, 4],
      [1, 4],
    ]),
  };
  return device.register('stream', backend, ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM);
}

describe('a Device whose packets are lost and damaged as the recorded ones were', () => {
  it('says and repeats the same, at the same times', () => {
    const rows = capture('loss');
    const clock = new Clock();
    const device = new Device({
      scheduler: clock,
      systemInfo: decodeSystemInfo(recordedReplies('naks', Opcode.SYS_INFO)[0]!),
    });
    device.register('stdin', {}, ChannelFlag.WRITE | ChannelFlag.EXEC);
    device.register('stdout', {}, ChannelFlag.READ);
    const stream = streamOf(device, frames(rows));
    const host = link(device);
    registerStandIns(device);
    let compared = 0;
    for (const row of rows) {
      clock.pass(row.t / 1000 - clock.now());
      if (row.from === 'host') host.send(row.bytes);
      else {
        if (row.bytes[5] === Opcode.CHANNEL_EVENT) stream.sendEvent(0xffff);
        const said = host.written.shift()!;
        if (!isIntact(row)) continue;
        expect(`${row.t} ${inWords(said)}`).toBe(`${row.t} ${inWords(row.bytes)}`);
        expect(hexOf(said) === hexOf(row.bytes)).toBe(true);
        compared++;
      }
    }
    expect(host.said()).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });
});

import { readFileSync } from 'node:fs';
import { OpenMVError } from '../../../lib/errors.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import * as payloads from '../../../lib/wire/payloads/index.js';

const {
  decodeCapabilities,
  encodeCapabilities,
  decodeChannelList,
  encodeChannelList,
  decodeDeviceStatistics,
  encodeDeviceStatistics,
  decodeEvent,
  encodeEvent,
  decodeFrameHeader,
  encodeFrameHeader,
  decodeIoctl,
  encodeIoctl,
  decodeMemory,
  encodeMemory,
  decodeReadRequest,
  encodeReadRequest,
  decodeStatus,
  encodeStatus,
  decodeSystemInfo,
  encodeSystemInfo,
  deviceIdText,
  decodeVersions,
  encodeVersions,
  decodeWord,
  decodeWords,
  encodeWords,
  decodeWriteRequest,
  encodeWriteRequest,
  NOTIFY,
  PixelFormat,
  SystemEvent,
} = payloads;

interface Seen {
  readonly from: string;
  readonly flags: number;
  readonly channel: number;
  readonly opcode: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The packets of one side of a capture, taken apart by nothing but their length fields: these captures are undamaged. */
function packetsOf(capture: string): Seen[] {
  const rows = readFileSync(new URL(`../../captures/${capture}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const parsed = rows.map((row) => JSON.parse(row) as { from: string; hex: string });
  return ['host', 'device'].flatMap((from) => {
    const bytes = Buffer.from(
      parsed
        .filter((row) => row.from === from)
        .map((row) => row.hex)
        .join(''),
      'hex',
    );
    const packets: Seen[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = bytes.readUInt16LE(at + 6);
      const payload = Uint8Array.from(bytes.subarray(at + 10, at + 10 + length));
      packets.push({ from, flags: bytes[at + 4]!, channel: bytes[at + 3]!, opcode: bytes[at + 5]!, payload });
      at += 10 + (length === 0 ? 0 : length + 4);
    }
    return packets;
  });
}

const captures = ['connect', 'naks', 'channels', 'channels-512', 'script', 'soft-reboot', 'frame-jpeg'];
const seen = captures.flatMap(packetsOf);

function recorded(from: 'host' | 'device', opcode: number, nak = false): Uint8Array<ArrayBuffer>[] {
  return seen
    .filter((p) => p.from === from && p.opcode === opcode && (p.flags & 1) === 0 && ((p.flags & 2) !== 0) === nak)
    .map((p) => p.payload);
}

function expectRoundTrips(
  found: Uint8Array<ArrayBuffer>[],
  again: (payload: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): void {
  expect(found.length).toBeGreaterThan(0);
  for (const payload of found) expect(again(payload)).toEqual(payload);
}

const malformed = (size: number): unknown =>
  expect.objectContaining({ code: 'MALFORMED', message: expect.stringContaining(`${size}`) as string });
const caught = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('payloads of the captures', () => {
  it('are re-encoded to the same bytes', () => {
    expectRoundTrips(recorded('device', Opcode.PROTO_GET_CAPS), (p) => encodeCapabilities(decodeCapabilities(p)));
    expectRoundTrips(recorded('host', Opcode.PROTO_SET_CAPS), (p) => encodeCapabilities(decodeCapabilities(p)));
    expectRoundTrips(recorded('device', Opcode.PROTO_STATS), (p) => encodeDeviceStatistics(decodeDeviceStatistics(p)));
    expectRoundTrips(recorded('device', Opcode.PROTO_VERSION), (p) => encodeVersions(decodeVersions(p)));
    expectRoundTrips(recorded('device', Opcode.SYS_INFO), (p) => encodeSystemInfo(decodeSystemInfo(p)));
    expectRoundTrips(recorded('device', Opcode.SYS_MEMORY), (p) => encodeMemory(decodeMemory(p)));
    expectRoundTrips(recorded('device', Opcode.CHANNEL_LIST), (p) => encodeChannelList(decodeChannelList(p)));
    expectRoundTrips(recorded('device', Opcode.SYS_EVENT), (p) => encodeEvent(decodeEvent(p)));
    expectRoundTrips(recorded('device', Opcode.CHANNEL_EVENT), (p) => encodeEvent(decodeEvent(p)));
    expectRoundTrips(recorded('device', Opcode.CHANNEL_SHAPE), (p) => encodeWords(...decodeWords(p)));
    expectRoundTrips(recorded('device', Opcode.CHANNEL_SIZE), (p) => encodeWords(decodeWord(p)));
    expectRoundTrips(recorded('device', Opcode.CHANNEL_READ, true), (p) => encodeStatus(decodeStatus(p)));
    expectRoundTrips(recorded('host', Opcode.CHANNEL_READ), (p) => {
      const { offset, length } = decodeReadRequest(p);
      return encodeReadRequest(offset, length);
    });
    expectRoundTrips(recorded('host', Opcode.CHANNEL_WRITE), (p) => {
      const { offset, data } = decodeWriteRequest(p);
      return encodeWriteRequest(offset, data);
    });
    expectRoundTrips(recorded('host', Opcode.CHANNEL_IOCTL), (p) => {
      const { request, argument } = decodeIoctl(p);
      return encodeIoctl(request, argument);
    });
  });

  it('decode to the values of the camera', () => {
    expect(decodeCapabilities(recorded('device', Opcode.PROTO_GET_CAPS)[0]!)).toEqual({
      crc: true,
      seq: true,
      ack: true,
      events: true,
      maxPayload: 4082,
    });
    expect(decodeVersions(recorded('device', Opcode.PROTO_VERSION)[0]!)).toEqual({
      protocol: { major: 1, minor: 0, patch: 2 },
      bootloader: { major: 1, minor: 0, patch: 3 },
      firmware: { major: 5, minor: 0, patch: 0 },
    });
    expect(decodeDeviceStatistics(recorded('device', Opcode.PROTO_STATS)[0]!)).toMatchObject({
      sentPackets: 43,
      receivedPackets: 24,
      sentEvents: 6,
    });
    const info = decodeSystemInfo(recorded('device', Opcode.SYS_INFO)[0]!);
    expect(info).toMatchObject({ usbVendorId: 0x37c5, usbProductId: 0x1204, sensorChipIds: [0x7725] });
    expect(deviceIdText(info)).toBe('0C0B0A090807060504030201');
    const memory = decodeMemory(recorded('device', Opcode.SYS_MEMORY)[0]!);
    expect(memory.map(({ type }) => type)).toEqual(['gc', 'uma', 'uma']);
    expect(memory[1]).toMatchObject({ type: 'uma', flags: 1, total: 1048576, used: 1000 });
    expect(decodeChannelList(recorded('device', Opcode.CHANNEL_LIST)[0]!).slice(0, 5)).toEqual([
      { id: 0, flags: 0x40, name: 'usb' },
      { id: 1, flags: 0x06, name: 'stdin' },
      { id: 2, flags: 0x01, name: 'stdout' },
      { id: 3, flags: 0x19, name: 'stream' },
      { id: 4, flags: expect.any(Number) as number, name: 'config' },
    ]);
    expect(decodeWords(recorded('device', Opcode.CHANNEL_SHAPE)[0]!)).toEqual([48, 64, 6144]);
    expect(decodeEvent(recorded('device', Opcode.SYS_EVENT)[0]!)).toBe(SystemEvent.CHANNEL_REGISTERED);
    expect(decodeStatus(recorded('device', Opcode.CHANNEL_LOCK, true)[0]!)).toBe(4);
  });

  it('of a frame begin with its header', () => {
    const head = seen.find((p) => p.from === 'device' && p.opcode === Opcode.CHANNEL_READ && p.channel === 3)!.payload;
    const header = decodeFrameHeader(head);
    expect(header).toMatchObject({ offset: 32, pixelFormat: PixelFormat.JPEG, width: 320, height: 240, fps: 20 });
    expect(encodeFrameHeader(header)).toEqual(head.subarray(0, 32));
  });
});

describe('payloads', () => {
  it('that are too short are malformed, and the error says which bytes are missing', () => {
    const fixed: [number, (payload: Uint8Array<ArrayBuffer>) => unknown][] = [
      [16, decodeCapabilities],
      [32, decodeDeviceStatistics],
      [16, decodeVersions],
      [76, decodeSystemInfo],
      [4, decodeMemory],
      [8, decodeReadRequest],
      [8, decodeWriteRequest],
      [4, decodeIoctl],
      [2, decodeStatus],
      [4, decodeWord],
      [32, decodeFrameHeader],
    ];
    for (const [size, decode] of fixed) {
      expect(caught(() => decode(new Uint8Array(size)))).toBeUndefined();
      expect(caught(() => decode(new Uint8Array(size - 1)))).toEqual(malformed(size));
    }
    expect(caught(() => decodeEvent(new Uint8Array(1)))).toEqual(malformed(2));
    expect(caught(() => decodeChannelList(new Uint8Array(17)))).toEqual(malformed(17));
    expect(caught(() => decodeWords(new Uint8Array(5)))).toEqual(malformed(5));
    expect(caught(() => decodeMemory(Uint8Array.of(1, 0, 0, 0)))).toEqual(malformed(28));
    expect(caught(() => decodeMemory(Uint8Array.of(1, 0, 0, 0, 9, ...new Uint8Array(23))))).toBeInstanceOf(OpenMVError);
  });

  it('may be longer, because firmware can append fields', () => {
    expect(decodeCapabilities(Uint8Array.of(1, 0, 0, 0, 50, ...new Uint8Array(27)))).toMatchObject({ maxPayload: 50 });
  });

  it('are read at their place, not at the beginning of their buffer', () => {
    expect(decodeWord(Uint8Array.of(9, 9, 1, 2, 3, 4).subarray(2))).toBe(0x04030201);
  });

  it('keep the high bit of a word', () => {
    expect(decodeWord(encodeWords(0xdeadbeef))).toBe(0xdeadbeef);
  });

  it('of a notification are empty', () => {
    expect(encodeEvent(NOTIFY)).toHaveLength(0);
    expect(decodeEvent(new Uint8Array(0))).toBe(NOTIFY);
    expect(decodeEvent(encodeEvent(0x1234))).toBe(0x1234);
  });

  it('cut names to 13 bytes', () => {
    const [entry] = decodeChannelList(encodeChannelList([{ id: 4, flags: 1, name: 'a-name-of-more-than-13' }]));
    expect(entry).toEqual({ id: 4, flags: 1, name: 'a-name-of-mor' });
  });

  it('carry every bit of the hardware', () => {
    const info = decodeSystemInfo(recorded('device', Opcode.SYS_INFO)[0]!);
    const hardware = { ...info.hardware, npu: true, multiCore: true, pmuCounters: 8 };
    expect(decodeSystemInfo(encodeSystemInfo({ ...info, hardware })).hardware).toEqual(hardware);
  });
});

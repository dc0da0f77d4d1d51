import { Device } from '../../lib/device/index.js';
import { StreamChannel } from '../../lib/device/backends/stream-channel.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { ChannelFlag, Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { isPacket, type Packet } from '../../lib/wire/packet.js';
import { decodeReadRequest, decodeSystemInfo, decodeWord } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { registerStandIns } from './recorded-device.js';
import { capture, hexOf, inWords, link, recordedReplies, type Row } from './support.js';

const STREAM = 3;

/** The packets of both sides, in order. */
function packetsOf(rows: readonly Row[]): { from: Row['from']; packet: Packet }[] {
  const decoders = { host: new Decoder({ maxPayload: 8178 }), device: new Decoder({ maxPayload: 8178 }) };
  return rows.flatMap(({ from, bytes }) =>
    decoders[from]
      .push(bytes)
      .filter(isPacket)
      .map((packet) => ({ from, packet: { ...packet, payload: packet.payload.slice() } })),
  );
}

/** The frames as their parts were read: their content is no rule of the protocol, so it is taken from the rows. */
function recordedFrames(rows: readonly Row[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let frame: Uint8Array | undefined;
  const reads: { offset: number; end: number }[] = [];
  for (const { from, packet } of packetsOf(rows).filter(({ packet: { channel } }) => channel === STREAM)) {
    const { opcode, flags, payload } = packet;
    const isData = (flags & (Flag.ACK | Flag.NAK)) === 0;
    if (from === 'host') {
      if (opcode !== Opcode.CHANNEL_READ || !isData) continue;
      const { offset, length } = decodeReadRequest(payload);
      reads.push({ offset, end: offset + length });
    } else if (opcode === Opcode.CHANNEL_SIZE && frame === undefined) frame = new Uint8Array(decodeWord(payload));
    else if (opcode === Opcode.CHANNEL_READ) {
      const read = reads[0]!;
      if (isData) frame!.set(payload, read.offset);
      read.offset += payload.length;
      if (!isData || read.offset === read.end) reads.shift();
    } else if (opcode === Opcode.CHANNEL_UNLOCK && (flags & Flag.ACK) !== 0) {
      frames.push(frame!);
      frame = undefined;
    }
  }
  return frame === undefined ? frames : [...frames, frame];
}

/** A NOTIFY of the stream: the recorded camera published a frame. */
const NOTIFIED = /^\d+ CHANNEL_EVENT@3/;

function wordsOf(bytes: Uint8Array): string[] {
  const packets: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at + 6]! | (bytes[at + 7]! << 8);
    const end = at + 10 + (length === 0 ? 0 : length + 4);
    packets.push(inWords(bytes.slice(at, end)));
    at = end;
  }
  return packets;
}

describe('a Device that is sent what the hand-written hosts sent', () => {
  it.each([
    ['late-poke', 4096],
    ['full-buffer', 4096],
    ['stale-ack-512', 512],
    ['pipelined', 4096],
    ['pipelined-noack', 4096],
    ['one-packet-reads', 4096],
  ] as const)('says the same, byte for byte and at the same times: %s', (name, bufferSize) => {
    const rows = capture(name);
    const frames = recordedFrames(rows);
    const clock = new Clock();
    const device = new Device({
      bufferSize,
      scheduler: clock,
      systemInfo: decodeSystemInfo(recordedReplies('naks', Opcode.SYS_INFO)[0]!),
    });
    device.register('stdin', {}, ChannelFlag.WRITE | ChannelFlag.EXEC);
    device.register('stdout', {}, ChannelFlag.READ);
    const raw = { enabled: false, width: 0, height: 0 };
    const stream = new StreamChannel(device, { raw, sensors: [] }, () => undefined);
    registerStandIns(device);
    const host = link(device);
    let compared = 0;
    rows.forEach((row, at) => {
      if (row.from === 'device') return;
      clock.pass(row.t / 1000 - clock.now());
      host.send(row.bytes);
      const next = rows.findIndex(({ from }, index) => index > at && from === 'host');
      const recorded = Uint8Array.from(
        Buffer.concat(rows.slice(at + 1, next < 0 ? undefined : next).map(({ bytes }) => bytes)),
      );
      for (const words of wordsOf(recorded)) if (NOTIFIED.test(words)) stream.publish(frames.shift()!);
      clock.pass((next < 0 ? row.t + 20_000_000 : rows[next]!.t) / 1000 - clock.now());
      const said = host.saidBytes();
      expect({ t: row.t, said: wordsOf(said) }).toEqual({ t: row.t, said: wordsOf(recorded) });
      expect(hexOf(said) === hexOf(recorded)).toBe(true);
      compared += recorded.length;
    });
    expect(compared).toBe(
      rows.filter(({ from }) => from === 'device').reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
    expect(compared).toBeGreaterThan(100);
  });
});

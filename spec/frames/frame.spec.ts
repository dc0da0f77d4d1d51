import { parseFrame } from '../../lib/frames/frame.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { isPacket } from '../../lib/wire/packet.js';
import { encodeFrameHeader, PixelFormat, type FrameHeader } from '../../lib/wire/payloads/index.js';
import { messagesOf } from '../wire/fragments.js';
import { receivedWhole } from '../wire/recorded.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;

/** What a stream channel gives: a header, what stands between it and the pixels, and bytes that count up. */
function read(header: Partial<FrameHeader>, bytes: number, between = 0): Uint8Array<ArrayBuffer> {
  const whole = { width: 4, height: 3, pixelFormat: PixelFormat.GRAYSCALE, size: 1, offset: 32, fps: 30, ...header };
  const pixels = Uint8Array.from({ length: bytes }, (_, i) => i & 0xff);
  return Uint8Array.from([...encodeFrameHeader(whole), ...new Uint8Array(between), ...pixels]);
}

describe('parseFrame, on recorded frames', () => {
  const STREAM = 3;

  it.each(['frame-jpeg', 'frame-jpeg-noack'])('parses two QVGA pictures: %s', (name) => {
    const packets = new Decoder().push(receivedWhole(name, 'device')).filter(isPacket);
    const reads = messagesOf(packets.filter(({ flags }) => (flags & Flag.RTX) === 0)).filter(
      ({ opcode, channel, flags }) => opcode === Opcode.CHANNEL_READ && channel === STREAM && (flags & Flag.NAK) === 0,
    );
    expect(reads).toHaveLength(2);
    reads.forEach(({ payload }, index) => {
      const frame = parseFrame(payload, index, 1234);
      expect(frame).toMatchObject({ width: 320, height: 240, format: 'jpeg', index, receivedAt: 1234 });
      // The fields as they lie, by another reader.
      const header = Buffer.from(payload);
      expect(frame.data).toHaveLength(header.readUInt32LE(12));
      expect(frame.fps).toBe(header.readFloatLE(20));
      expect(payload.length).toBe(32 + frame.data.length);
    });
  });
});

describe('parseFrame', () => {
  it('returns the pixels at their offset as a view', () => {
    const bytes = read({}, 12);
    const frame = parseFrame(bytes, 5, 6);
    expect(frame).toEqual({
      width: 4,
      height: 3,
      format: 'grayscale',
      data: Uint8Array.from({ length: 12 }, (_, i) => i),
      fps: 30,
      index: 5,
      receivedAt: 6,
    });
    expect(frame.data.buffer === bytes.buffer).toBe(true);
  });

  it.each([33, 40, 64])('finds the pixels at another offset: %d', (offset) => {
    const frame = parseFrame(read({ offset }, 12, offset - 32), 0, 0);
    expect(Array.from(frame.data)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('takes only the bytes that the picture needs', () => {
    expect(parseFrame(read({}, 20), 0, 0).data).toHaveLength(12);
    expect(parseFrame(read({ pixelFormat: PixelFormat.JPEG, size: 7 }, 20), 0, 0).data).toHaveLength(7);
  });

  it.each([
    ['BINARY', PixelFormat.BINARY, 'binary', 12],
    ['GRAYSCALE', PixelFormat.GRAYSCALE, 'grayscale', 12],
    ['RGB565', PixelFormat.RGB565, 'rgb565', 24],
    ['ARGB8', PixelFormat.ARGB8, 'argb8', 48],
    ['BAYER_BGGR', PixelFormat.BAYER_BGGR, 'bayer-bggr', 12],
    ['BAYER_GBRG', PixelFormat.BAYER_GBRG, 'bayer-gbrg', 12],
    ['BAYER_GRBG', PixelFormat.BAYER_GRBG, 'bayer-grbg', 12],
    ['BAYER_RGGB', PixelFormat.BAYER_RGGB, 'bayer-rggb', 12],
    ['YUV422', PixelFormat.YUV422, 'yuv422', 24],
    ['YVU422', PixelFormat.YVU422, 'yvu422', 24],
    ['JPEG', PixelFormat.JPEG, 'jpeg', 17],
    ['PNG', PixelFormat.PNG, 'png', 17],
  ])('knows how many bytes 4 × 3 pixels of %s need, and refuses one byte less', (_, pixelFormat, format, needed) => {
    const size = 17;
    const frame = parseFrame(read({ pixelFormat, size }, needed), 0, 0);
    expect([frame.format, frame.data.length]).toEqual([format, needed]);
    expect(() => parseFrame(read({ pixelFormat, size }, needed - 1), 0, 0)).toThrow(MALFORMED);
  });

  it('takes all bytes of a format that it does not know', () => {
    const frame = parseFrame(read({ pixelFormat: 0x01020304 }, 9), 0, 0);
    expect([frame.format, frame.data.length]).toEqual(['unknown', 9]);
  });

  it.each([
    ['pixels behind its end', { offset: 33 }],
    ['an offset far behind its end', { offset: 0xffffffff }],
    ['the largest picture there is', { width: 0xffffffff, height: 0xffffffff }],
    ['the largest file there is', { pixelFormat: PixelFormat.PNG, size: 0xffffffff }],
  ])('throws MALFORMED when the header claims %s', (_, header) => {
    expect(() => parseFrame(read(header, 12), 0, 0)).toThrow(MALFORMED);
  });

  it('reports the length that the header claims and the length that arrived', () => {
    expect(() => parseFrame(read({}, 11), 0, 0)).toThrow(
      'the frame is too short: 4 × 3 grayscale needs 12 bytes from offset 32, but only 43 were read',
    );
  });

  it.each([0, 1, 31])('throws MALFORMED if the header is incomplete: %d bytes', (length) => {
    expect(() => parseFrame(read({}, 12).subarray(0, length), 0, 0)).toThrow(MALFORMED);
  });
});

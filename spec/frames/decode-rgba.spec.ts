import { crc32, deflateSync } from 'node:zlib';
import { firstValueFrom } from 'rxjs';
import { Camera, decodeRgba, isOpenMVError, keepLatest, toRgba } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { decodedBy, loadSharp } from '../../lib/frames/decode-rgba.js';
import { encodeWithJpegJs } from '../../lib/virtual/pictures/encode-jpeg.js';
import { encodePng } from '../../lib/frames/encode-png.js';

const SIZE = { width: 16, height: 8 };
/** Two halves, red and blue: each of whole blocks of a JPEG. */
const rgba = Uint8ClampedArray.from({ length: 4 * 16 * 8 }, (_, at) => {
  const isLeft = (at >> 2) % 16 < 8;
  return [isLeft ? 200 : 10, 20, isLeft ? 10 : 200, 255][at % 4] as number;
});
const jpeg = encodeWithJpegJs(new Uint8Array(rgba.buffer), SIZE.width, SIZE.height, 95);

describe('decodeRgba', () => {
  it('decodes a JPEG in Node, within the loss of JPEG', async () => {
    const pixels = await decodeRgba({ ...SIZE, format: 'jpeg', data: jpeg });
    expect(pixels).toBeInstanceOf(Uint8ClampedArray);
    expect(pixels).toHaveLength(rgba.length);
    const worst = Math.max(...pixels.map((value, at) => Math.abs(value - (rgba[at] as number))));
    expect(worst).toBeLessThan(60);
    expect(pixels[0]).toBeGreaterThan(150);
    expect(pixels[4 * 15 + 2]).toBeGreaterThan(150);
  });

  it('decodes a PNG exactly', async () => {
    const data = encodePng(rgba, { ...SIZE, channels: 4, zlib: deflateSync });
    expect(await decodeRgba({ ...SIZE, format: 'png', data })).toEqual(rgba);
  });

  it('converts gray pictures to RGBA', async () => {
    expect(await decodeRgba({ width: 2, height: 1, format: 'png', data: grayPng(7, 200) })).toEqual(
      Uint8ClampedArray.of(7, 7, 7, 255, 200, 200, 200, 255),
    );
  });

  it('converts uncompressed frames as toRgba does, without a decoder', async () => {
    const frame = { width: 2, height: 1, format: 'grayscale', data: Uint8Array.of(1, 2) } as const;
    const none = () => Promise.reject(new Error('not needed'));
    expect(await decodedBy(frame, none)).toEqual(toRgba(frame));
  });

  it("decodes a camera's frames in keepLatest", async () => {
    const camera = new Camera(new VirtualCamera({ width: 160, height: 120 }).transport());
    const pixels = await firstValueFrom(camera.frames$.pipe(keepLatest(decodeRgba)));
    expect(pixels).toHaveLength(4 * 160 * 120);
    expect(new Set(pixels).size).toBeGreaterThan(50);
  });

  it.each([
    ['no JPEG', Uint8Array.of(1, 2, 3)],
    ['nothing', new Uint8Array()],
    ['a JPEG without its end', jpeg.subarray(0, jpeg.length - 12)],
    ['a JPEG of a larger picture', jpeg, { width: 8, height: 8 }],
    ['a JPEG of a smaller picture', jpeg, { width: 32, height: 8 }],
  ])('rejects with MALFORMED for %s', async (_, data, size = SIZE) => {
    await expect(decodeRgba({ ...size, format: 'jpeg', data })).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  it('says what to install if there is no decoder', async () => {
    await expect(loadSharp('openmv-rx-has-no-such-package')).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('npm install sharp') as string,
    });
  });

  it('says what to do in a browser without OffscreenCanvas, and does not mention sharp', async () => {
    const node = Object.getOwnPropertyDescriptor(globalThis, 'process')!;
    Object.defineProperty(globalThis, 'process', { value: undefined, configurable: true });
    const decoding = decodeRgba({ ...SIZE, format: 'jpeg', data: jpeg });
    Object.defineProperty(globalThis, 'process', node);
    await expect(decoding).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringMatching(/^this browser (?!.*sharp).*createImageBitmap/) as string,
    });
  });

  it('rejects an unknown format; toRgba recommends it only for compressed ones', async () => {
    await expect(decodeRgba({ ...SIZE, format: 'unknown', data: rgba as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const refusal = (format: 'jpeg' | 'unknown'): string => {
      try {
        toRgba({ ...SIZE, format, data: new Uint8Array() });
      } catch (error) {
        return isOpenMVError(error, 'INVALID_ARGUMENT') ? error.message : String(error);
      }
      return 'accepted';
    };
    expect(refusal('jpeg')).toContain('decodeRgba');
    expect(refusal('unknown')).not.toContain('decodeRgba');
  });
});

/** A PNG of two gray pixels. */
function grayPng(...grays: readonly number[]): Uint8Array {
  const chunk = (kind: string, data: Uint8Array): Uint8Array => {
    const bytes = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(bytes));
    return Buffer.concat([length, bytes, sum]);
  };
  const header = Buffer.from([0, 0, 0, grays.length, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, ...grays]))),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

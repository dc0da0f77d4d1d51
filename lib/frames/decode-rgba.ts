import { isObject, requireArgument } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Frame } from './frame.js';
import { toRgba } from './to-rgba.js';

/** RGBA, 4 · width · height bytes. */
type Rgba = Uint8ClampedArray<ArrayBuffer>;
type Pixels = Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array };
type Decode = (pixels: Pixels) => Promise<{ readonly width: number; readonly height: number; readonly data: Rgba }>;

/**
 * Converts any frame to RGBA, 4 · width · height bytes in a new array. JPEG and PNG are decoded; other formats use `toRgba`.
 *
 * A page or worker uses the browser's decoder, which adds nothing to the bundle. Node uses the package `sharp`, which you
 * install yourself: `npm install sharp` (about 20 MB, nothing to compile). Decoding runs off the main thread and takes some
 * 2 ms for 320 × 240 pixels. With `frames$`, use it in `keepLatest`, which drops frames while one is decoded.
 *
 * Rejects with `FILE_UNAVAILABLE` if there is no decoder, and says what to install or use; with `MALFORMED` if the bytes
 * can't be decoded or the picture has another size than the frame; with `INVALID_ARGUMENT` for the format `unknown`. Holds
 * the frame and its pixels.
 *
 * @example
 * ```ts
 * import { decodeRgba, keepLatest, type Camera } from 'openmv-rx';
 *
 * const pixels = (camera: Camera) => camera.frames$.pipe(keepLatest(decodeRgba));
 * ```
 */
export async function decodeRgba(
  frame: Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array },
): Promise<Uint8ClampedArray<ArrayBuffer>> {
  return decodedBy(frame, decoder);
}

/** Like {@link decodeRgba}, with a decoder that is loaded on demand. */
export async function decodedBy(frame: Pixels, load: () => Promise<Decode>): Promise<Rgba> {
  requireArgument(isObject(frame), 'decodeRgba takes a frame', frame);
  const { format, width, height } = frame;
  if (format !== 'jpeg' && format !== 'png') return toRgba(frame);
  const decode = await load();
  const picture = await decode(frame).catch((cause: unknown) => {
    throw new OpenMVError('MALFORMED', `cannot decode the frame: its data are not a valid ${format}`, { cause });
  });
  if (picture.width === width && picture.height === height) return picture.data;
  const words = `the frame says ${width} × ${height} pixels, but its ${format} has ${picture.width} × ${picture.height}`;
  throw new OpenMVError('MALFORMED', words);
}

/** The browser's interfaces that are used. The core is compiled without the browser's types. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}
interface Platform {
  /** Node's `process`; also present when a page's code is tested in Node. */
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly Blob: new (parts: readonly Uint8Array[], options: { readonly type: string }) => object;
  readonly createImageBitmap?: (blob: object, options: object) => Promise<Bitmap>;
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: '2d'): {
      drawImage(picture: Bitmap, x: number, y: number): void;
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Rgba };
    };
  };
}

/** The interface of `sharp` that is used. */
type Sharp = (
  bytes: Uint8Array,
  options: { readonly failOn: 'error'; readonly limitInputPixels: number },
) => SharpPicture;
interface SharpPicture {
  toColourspace(name: 'srgb'): SharpPicture;
  ensureAlpha(): SharpPicture;
  raw(): SharpPicture;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array<ArrayBuffer>;
    readonly info: { readonly width: number; readonly height: number };
  }>;
}

const NO_OFFSCREEN_CANVAS =
  'this browser has no OffscreenCanvas, which decodeRgba needs: use a newer browser, or draw the frame on a canvas with createImageBitmap';

async function decoder(): Promise<Decode> {
  const { Blob, createImageBitmap, OffscreenCanvas, process } = globalThis as unknown as Platform;
  if (createImageBitmap === undefined || OffscreenCanvas === undefined) {
    if (process?.versions?.node === undefined) throw new OpenMVError('FILE_UNAVAILABLE', NO_OFFSCREEN_CANVAS);
    return decodeInNode(await loadSharp());
  }
  return async ({ format, data }) => {
    const blob = new Blob([data], { type: `image/${format}` });
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { width, height, data: canvas.getImageData(0, 0, width, height).data };
  };
}

function decodeInNode(sharp: Sharp): Decode {
  return async ({ data, width, height }) => {
    // Limit the decoder to the frame's size, because the picture may claim a huge one. Accept what browsers accept.
    const { data: rgba, info } = await sharp(data, { failOn: 'error', limitInputPixels: width * height })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { ...info, data: new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length) };
  };
}

/** Joined at run time, because a bundler that sees the name looks for the optional package, which a page does not need. */
const PACKAGE = ['sh', 'arp'].join('');

/** @throws {OpenMVError} `FILE_UNAVAILABLE` */
export async function loadSharp(name = PACKAGE): Promise<Sharp> {
  try {
    const loaded = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as { readonly default: Sharp };
    return loaded.default;
  } catch (cause) {
    const words = 'decoding JPEG and PNG needs the package sharp: npm install sharp';
    throw new OpenMVError('FILE_UNAVAILABLE', words, { cause });
  }
}

import { isObject, requireArgument } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Frame } from './frame.js';
import { toRgba } from './to-rgba.js';

/** RGBA, 4 · width · height bytes. */
type Rgba = Uint8ClampedArray<ArrayBuffer>;
type Pixels = Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array };
type Decode = (pixels: Pixels) => Promise<{ readonly width: number; readonly height: number; readonly data: Rgba }>;

/**
 * The pixels of any frame as RGBA, 4 · width · height bytes in a new array: JPEG and PNG are decoded, pixels go through `toRgba`.
 *
 * A page or worker uses the browser's own decoder, at no cost in its bundle. Node uses the package `sharp`, which you install beside this
 * one: `npm install sharp` (about 20 MB, nothing to compile). Decodes off the main thread, some 2 ms for 320 × 240 pixels. Behind `frames$` use
 * it in `keepLatest`, which drops frames while one is decoded.
 *
 * Rejects with `FILE_UNAVAILABLE` where there is no decoder, with what to install or use; `MALFORMED` where the bytes are no such picture, or
 * one of another size; `INVALID_ARGUMENT` for `unknown`. Holds the frame and its pixels.
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

/** {@link decodeRgba}, by a decoder that is loaded when it is needed. */
export async function decodedBy(frame: Pixels, load: () => Promise<Decode>): Promise<Rgba> {
  requireArgument(isObject(frame), 'decodeRgba takes a frame', frame);
  const { format, width, height } = frame;
  if (format !== 'jpeg' && format !== 'png') return toRgba(frame);
  const decode = await load();
  const picture = await decode(frame).catch((cause: unknown) => {
    throw new OpenMVError('MALFORMED', `the bytes of a frame are no ${format}`, { cause });
  });
  if (picture.width === width && picture.height === height) return picture.data;
  const words = `a frame of ${width} × ${height} pixels holds a ${format} of ${picture.width} × ${picture.height}`;
  throw new OpenMVError('MALFORMED', words);
}

/** The parts of a browser that are used; the core is compiled without its types. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}
interface Platform {
  /** Node's, also where a page is tested in it. */
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

/** The part of `sharp` that is used. */
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
  "this browser can't decode off the page (it has no OffscreenCanvas): use a newer one, or draw the frame on a canvas with createImageBitmap";

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
    // Limit the decoder to the frame's size, whatever the picture claims. Accept what browsers accept.
    const { data: rgba, info } = await sharp(data, { failOn: 'error', limitInputPixels: width * height })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { ...info, data: new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length) };
  };
}

/** Put together here: a bundler that sees the name wants the package, which is optional, and has no use in a page. */
const PACKAGE = ['sh', 'arp'].join('');

/** @throws {OpenMVError} `FILE_UNAVAILABLE` */
export async function loadSharp(name = PACKAGE): Promise<Sharp> {
  try {
    const loaded = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as { readonly default: Sharp };
    return loaded.default;
  } catch (cause) {
    const words = 'JPEG and PNG are decoded by the package sharp here: npm install sharp';
    throw new OpenMVError('FILE_UNAVAILABLE', words, { cause });
  }
}

import type { RawSettings } from '../../device/backends/stream-channel.js';
import { encodeFrame } from '../../frames/frame.js';
import { pictureBytes } from '../../frames/pixel-format.js';
import { toRgba } from '../../frames/to-rgba.js';
import { unshared } from '../../wire/bytes.js';
import { FRAME_HEADER_BYTES } from '../../wire/payloads/index.js';
import { type EncodeJpeg, encodeWithJpegJs } from './encode-jpeg.js';
import { encodePixels, scaled, type Size } from '../../frames/encode-pixels.js';
import { withFrameNumber } from './frame-number.js';
import type { PictureSettings, SensorFormat } from './picture-settings.js';
import { encodeStoredPng, storedPngBytes } from './stored-png.js';
import { CYCLE_FRAMES, testPattern } from './test-pattern.js';

/** Bytes of all cached pictures. */
const PICTURE_CACHE_BYTES = 16 << 20;

/**
 * Caches the encoded pictures of the test pattern, because encoding a JPEG takes longer than all other work of a camera. The
 * pattern repeats after a cycle, so each picture is encoded once. The cache holds {@link PICTURE_CACHE_BYTES}. A full cache
 * drops the cycle that was used least recently. If one cycle alone is larger, the rest of its pictures is encoded each time.
 */
export class PictureCache {
  readonly #capacity: number;
  /** The cycles by their look, the last used one at the end. */
  readonly #cycles = new Map<string, Map<number, Uint8Array>>();
  #bytes = 0;

  constructor(capacity = PICTURE_CACHE_BYTES) {
    this.#capacity = capacity;
  }

  /** The picture at `index` of the cycle with this look. */
  get(look: string, index: number, encode: () => Uint8Array): Uint8Array {
    const cycle = this.#cycles.get(look) ?? new Map<number, Uint8Array>();
    this.#cycles.delete(look);
    this.#cycles.set(look, cycle);
    const kept = cycle.get(index);
    if (kept) return kept;
    const picture = encode();
    if (this.#reserve(picture.length)) {
      cycle.set(index, picture);
      this.#bytes += picture.length;
    }
    return picture;
  }

  /** Drops other cycles until `bytes` fit; false if they do not fit beside the current cycle. */
  #reserve(bytes: number): boolean {
    for (const [look, cycle] of this.#cycles) {
      if (this.#bytes + bytes <= this.#capacity) return true;
      if (this.#cycles.size === 1) return false;
      this.#cycles.delete(look);
      for (const picture of cycle.values()) this.#bytes -= picture.length;
    }
    return this.#bytes + bytes <= this.#capacity;
  }
}

/** The encoders and limits of a picture source. */
export interface PictureOptions {
  readonly encodeJpeg: EncodeJpeg;
  readonly frameSource: ((index: number, settings: PictureSettings) => Uint8Array) | undefined;
  readonly streamBufferBytes: number;
}

/** The picture to take: its number, its settings, and the index of its sensor. */
interface Shot {
  readonly index: number;
  readonly settings: PictureSettings;
  readonly sensor: number;
}

/** Cameras with the same encoder have the same pictures. */
const shared = new PictureCache();

/** Makes the frames of a stream, with their headers. */
export class PictureSource {
  readonly #options: PictureOptions;
  readonly #cache: PictureCache;

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#cache = options.encodeJpeg === encodeWithJpegJs ? shared : new PictureCache();
  }

  /** A frame; `undefined` if even its JPEG does not fit the stream buffer. */
  frame(shot: Shot, raw: RawSettings): Uint8Array | undefined {
    const { index, settings } = shot;
    const { frameSource } = this.#options;
    if (frameSource) return framed(settings, frameSource(index, settings));
    return this.#asSensed(shot, raw) ?? this.#asJpeg(shot);
  }

  /** The picture in the sensor's format, if the stream carries that and it fits. */
  #asSensed(shot: Shot, raw: RawSettings): Uint8Array | undefined {
    const { format, framesPerSecond } = shot.settings;
    if (format === 'jpeg' || (format !== 'png' && !raw.enabled)) return undefined;
    const size = format === 'png' ? shot.settings : within(shot.settings, raw);
    const bytes = pictureBytes(format, size.width, size.height) ?? storedPngBytes(size);
    if (!this.#fits(bytes)) return undefined;
    const look = `${format} ${size.width} × ${size.height}`;
    const data = this.#drawn(shot, look, (rgba) => {
      const pixels = scaled(rgba, shot.settings, size);
      return format === 'png' ? encodeStoredPng(pixels, size) : encodePixels(pixels, size, format);
    });
    return encodeFrame({ ...size, format, data, fps: framesPerSecond });
  }

  #asJpeg(shot: Shot): Uint8Array | undefined {
    const { width, height, format, quality } = shot.settings;
    const data = this.#drawn(shot, `jpeg ${quality} of ${format}`, (rgba) =>
      this.#options.encodeJpeg(unshared(asSeen(rgba, shot.settings, format)), width, height, quality),
    );
    const numbered = withFrameNumber(data, shot.index);
    return this.#fits(numbered.length) ? framed(shot.settings, numbered) : undefined;
  }

  /** A picture of the cycle, from the cache or newly drawn and encoded. */
  #drawn({ index, settings, sensor }: Shot, look: string, encode: (rgba: Uint8Array) => Uint8Array): Uint8Array {
    const { width, height, exposure } = settings;
    const at = index % CYCLE_FRAMES;
    const scene = `${width} × ${height}, sensor ${sensor}, exposure ${exposure}`;
    return this.#cache.get(`${look}: ${scene}`, at, () => encode(testPattern(at, width, height, { sensor, exposure })));
  }

  #fits(bytes: number): boolean {
    return bytes + FRAME_HEADER_BYTES <= this.#options.streamBufferBytes;
  }
}

/** The size in raw mode: at most the sensor's own, which 0 stands for. */
function within({ width, height }: Size, raw: RawSettings): Size {
  return { width: Math.min(width, raw.width || width), height: Math.min(height, raw.height || height) };
}

/** Reduces RGBA to the colours of a sensor's format. */
function asSeen(rgba: Uint8Array, { width, height }: Size, format: SensorFormat): Uint8Array {
  if (format === 'jpeg' || format === 'png') return rgba;
  return new Uint8Array(toRgba({ format, width, height, data: encodePixels(rgba, { width, height }, format) }).buffer);
}

/** A JPEG as the stream serves it. */
function framed({ width, height, framesPerSecond: fps }: PictureSettings, data: Uint8Array): Uint8Array {
  return encodeFrame({ width, height, format: 'jpeg', data, fps });
}

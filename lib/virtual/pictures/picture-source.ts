import type { RawSettings } from '../../device/backends/stream-channel.js';
import { encodeFrame } from '../../frames/frame.js';
import { pictureBytes } from '../../frames/pixel-format.js';
import { toRgba } from '../../frames/to-rgba.js';
import { unshared } from '../../wire/bytes.js';
import { FRAME_HEADER_BYTES } from '../../wire/payloads/index.js';
import { type EncodeJpeg, encodeWithJpegJs } from './encode-jpeg.js';
import { encodePixels, scaled, type Size } from './encode-pixels.js';
import { withFrameNumber } from './frame-number.js';
import type { PictureSettings, SensorFormat } from './picture-settings.js';
import { encodeStoredPng, storedPngBytes } from './stored-png.js';
import { CYCLE_FRAMES, testPattern } from './test-pattern.js';

/** What all pictures that are kept may take. */
const PICTURE_CACHE_BYTES = 16 << 20;

/**
 * Encoded pictures of the test pattern, which comes again after a cycle, so that each is encoded once: an encoder for
 * JPEG takes longer than all the rest of a camera. It holds {@link PICTURE_CACHE_BYTES}; of those that have not been
 * asked for lately it forgets whole cycles, and when one cycle alone is larger, the rest of that is encoded each time.
 */
export class PictureCache {
  readonly #capacity: number;
  /** By what they look like, the one that was asked for last at the end. */
  readonly #cycles = new Map<string, Map<number, Uint8Array>>();
  #bytes = 0;

  constructor(capacity = PICTURE_CACHE_BYTES) {
    this.#capacity = capacity;
  }

  /** The picture at a place of the cycle that looks as `look` says. */
  get(look: string, place: number, encode: () => Uint8Array): Uint8Array {
    const cycle = this.#cycles.get(look) ?? new Map<number, Uint8Array>();
    this.#cycles.delete(look);
    this.#cycles.set(look, cycle);
    const kept = cycle.get(place);
    if (kept) return kept;
    const picture = encode();
    if (this.#makeRoom(picture.length)) {
      cycle.set(place, picture);
      this.#bytes += picture.length;
    }
    return picture;
  }

  /** False when only the cycle that is in use is left and there is no room all the same. */
  #makeRoom(bytes: number): boolean {
    for (const [look, cycle] of this.#cycles) {
      if (this.#bytes + bytes <= this.#capacity) return true;
      if (this.#cycles.size === 1) return false;
      this.#cycles.delete(look);
      for (const picture of cycle.values()) this.#bytes -= picture.length;
    }
    return this.#bytes + bytes <= this.#capacity;
  }
}

/** Where pictures come from. */
export interface PictureOptions {
  readonly encodeJpeg: EncodeJpeg;
  readonly frameSource: ((index: number, settings: PictureSettings) => Uint8Array) | undefined;
  readonly streamBufferBytes: number;
}

/** Which picture: how many the camera had before, what it is to be like, and which of the sensors takes it. */
interface Shot {
  readonly index: number;
  readonly settings: PictureSettings;
  readonly sensor: number;
}

/** Cameras whose JPEGs are made by the same encoder have the same pictures. */
const shared = new PictureCache();

/** Makes the frames of a stream, header included. */
export class PictureSource {
  readonly #options: PictureOptions;
  readonly #cache: PictureCache;

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#cache = options.encodeJpeg === encodeWithJpegJs ? shared : new PictureCache();
  }

  /** Undefined when even the JPEG is too large for the stream buffer. */
  frame(shot: Shot, raw: RawSettings): Uint8Array | undefined {
    const { index, settings } = shot;
    const { frameSource } = this.#options;
    if (frameSource) return framed(settings, frameSource(index, settings));
    return this.#asItIs(shot, raw) ?? this.#asJpeg(shot);
  }

  /** What the sensor gives, where the stream is to carry that and it fits. */
  #asItIs(shot: Shot, raw: RawSettings): Uint8Array | undefined {
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

  /** A picture of the cycle, drawn and encoded when nobody has had it before. */
  #drawn({ index, settings, sensor }: Shot, look: string, encode: (rgba: Uint8Array) => Uint8Array): Uint8Array {
    const { width, height, exposure } = settings;
    const place = index % CYCLE_FRAMES;
    const scene = `${width} × ${height}, sensor ${sensor}, exposure ${exposure}`;
    return this.#cache.get(`${look}: ${scene}`, place, () =>
      encode(testPattern(place, width, height, { sensor, exposure })),
    );
  }

  #fits(bytes: number): boolean {
    return bytes + FRAME_HEADER_BYTES <= this.#options.streamBufferBytes;
  }
}

/** The size that raw mode asks for, where it is smaller; 0 stands for the sensor's own. */
function within({ width, height }: Size, raw: RawSettings): Size {
  return { width: Math.min(width, raw.width || width), height: Math.min(height, raw.height || height) };
}

/** The colours that are left in a sensor's format. */
function asSeen(rgba: Uint8Array, { width, height }: Size, format: SensorFormat): Uint8Array {
  if (format === 'jpeg' || format === 'png') return rgba;
  return new Uint8Array(toRgba({ format, width, height, data: encodePixels(rgba, { width, height }, format) }).buffer);
}

/** A JPEG as the stream serves it. */
function framed({ width, height, framesPerSecond: fps }: PictureSettings, data: Uint8Array): Uint8Array {
  return encodeFrame({ width, height, format: 'jpeg', data, fps });
}

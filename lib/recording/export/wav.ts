import { OpenMVError } from '../../errors.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import type { Samples } from '../../widgets/index.js';

const PCM = 1;
const FLOAT = 3;
/** RIFF counts bytes in 32 bits. */
const MOST_BYTES = 0xffff_ff00;

/** How samples of a type lie in a WAV file. */
export interface WavFormat {
  readonly tag: number;
  /** The bytes of a sample. */
  readonly bytes: number;
  readonly encode: (samples: Samples) => Uint8Array;
}

/** Facts of the samples of a WAV file. */
export interface WavContents {
  readonly series: number;
  readonly sampleRate: number;
  /** The samples of all series. */
  readonly samples: number;
}

/** WAV has unsigned samples of 8 bits and signed ones of 16; the others are moved by half of their range. */
export function wavFormat(of: Samples): WavFormat {
  if (of instanceof Float32Array)
    return { tag: FLOAT, bytes: 4, encode: encoder(4, (view, at, value) => view.setFloat32(at, value, true)) };
  if (of.BYTES_PER_ELEMENT === 1) {
    const middle = of instanceof Int8Array ? 0x80 : 0;
    return { tag: PCM, bytes: 1, encode: encoder(1, (view, at, value) => view.setUint8(at, value + middle)) };
  }
  const middle = of instanceof Uint16Array ? 0x8000 : 0;
  return { tag: PCM, bytes: 2, encode: encoder(2, (view, at, value) => view.setInt16(at, value - middle, true)) };
}

/**
 * The bytes in front of the samples.
 *
 * @throws {OpenMVError} `TOO_LARGE` for more than the format can hold.
 */
export function wavHead({ tag, bytes }: WavFormat, { series, sampleRate, samples }: WavContents): Uint8Array {
  const data = samples * bytes;
  if (data > MOST_BYTES) throw new OpenMVError('TOO_LARGE', 'a WAV file holds at most 4 GB: export it as NPY');
  const format = [...word(tag, 2), ...word(series, 2), ...word(sampleRate, 4)];
  format.push(...word(sampleRate * series * bytes, 4), ...word(series * bytes, 2), ...word(8 * bytes, 2));
  // Float WAV needs an empty extension and a `fact` chunk with the sample count.
  const isPcm = tag === PCM;
  if (!isPcm) format.push(...word(0, 2));
  const fact = isPcm ? [] : chunk('fact', word(samples / series, 4));
  const head = [...encodeUtf8('WAVE'), ...chunk('fmt ', format), ...fact, ...encodeUtf8('data'), ...word(data, 4)];
  return Uint8Array.of(...encodeUtf8('RIFF'), ...word(head.length + data + (data % 2), 4), ...head);
}

function chunk(name: string, bytes: readonly number[]): readonly number[] {
  return [...encodeUtf8(name), ...word(bytes.length, 4), ...bytes];
}

function word(value: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256);
}

function encoder(size: number, set: (view: DataView, at: number, value: number) => void) {
  return (samples: Samples): Uint8Array => {
    const bytes = new Uint8Array(size * samples.length);
    const view = new DataView(bytes.buffer);
    samples.forEach((value, index) => set(view, size * index, value));
    return bytes;
  };
}

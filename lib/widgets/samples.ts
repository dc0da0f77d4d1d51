import type { Samples } from './widget.js';

/** Makes, reads and writes the samples of one type code, little-endian on any machine. */
interface SampleType {
  readonly size: number;
  readonly make: (count: number) => Samples;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
}

/** The samples by their type codes, which are those of Python's `array` (PROTOCOL 11). */
const TYPES: Readonly<Record<string, SampleType>> = {
  b: {
    size: 1,
    make: (count) => new Int8Array(count),
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  B: {
    size: 1,
    make: (count) => new Uint8Array(count),
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  h: {
    size: 2,
    make: (count) => new Int16Array(count),
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, value, true),
  },
  H: {
    size: 2,
    make: (count) => new Uint16Array(count),
    read: (view, at) => view.getUint16(at, true),
    write: (view, at, value) => view.setUint16(at, value, true),
  },
  f: {
    size: 4,
    make: (count) => new Float32Array(count),
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
};

/** The type code of a waveform that names none. */
export const DEFAULT_TYPE_CODE = 'H';

/** Bytes of a sample; `undefined` for an unknown type code. */
export function sampleBytes(typeCode: string): number | undefined {
  return Object.hasOwn(TYPES, typeCode) ? TYPES[typeCode]?.size : undefined;
}

/** Copies as many samples as the bytes hold. */
export function decodeSamples(typeCode: string, bytes: Uint8Array): Samples {
  const { size, make, read } = TYPES[typeCode] as SampleType;
  const samples = make(Math.floor(bytes.length / size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < samples.length; i++) samples[i] = read(view, size * i);
  return samples;
}

export function encodeSamples(samples: Samples): {
  readonly typeCode: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
} {
  const typeCode = typeCodeOf(samples);
  const { size, write } = TYPES[typeCode] as SampleType;
  const bytes = new Uint8Array(size * samples.length);
  const view = new DataView(bytes.buffer);
  samples.forEach((value, i) => write(view, size * i, value));
  return { typeCode, bytes };
}

function typeCodeOf(samples: Samples): string {
  if (samples instanceof Int8Array) return 'b';
  if (samples instanceof Uint8Array) return 'B';
  if (samples instanceof Int16Array) return 'h';
  return samples instanceof Uint16Array ? 'H' : 'f';
}

import { strictEqual } from 'node:assert/strict';
import crc16ccitt from 'crc/calculators/crc16ccitt';
import crc32mpeg2 from 'crc/calculators/crc32mpeg2';
import { crc16, crc32 } from 'openmv-rx/protocol';
import type { Pace } from '../pace.js';
import { randomBytes } from '../random-bytes.js';
import { repeated } from '../repeated.js';
import { result, type Entry, type Step } from '../result.js';

/** Both CRCs against the package crc's calculators of the same width, which know other polynomials only. */
export function* crc(pace: Pace): Generator<Step> {
  for (const calculator of CALCULATORS) {
    for (const [size, length] of SIZES) yield () => rate(calculator, size, length, pace);
  }
}

async function rate({ name, of, check }: Calculator, size: string, length: number, pace: Pace): Promise<Entry[]> {
  strictEqual(of(new TextEncoder().encode('123456789')), check, `${name} of "123456789"`);
  const bytes = randomBytes(length);
  const expected = of(bytes);
  // Long enough that the clock can tell it.
  const times = Math.ceil(SAMPLE_BYTES / length);
  const samples = await repeated(pace, () => {
    let differences = 0;
    for (let i = 0; i < times; i++) differences |= of(bytes) ^ expected;
    strictEqual(differences, 0, name);
  });
  const rates = samples.map((ms) => (times * length) / ms / 1000);
  return [result(`${name}, ${size}`, 'MB/s', rates)];
}

const SAMPLE_BYTES = 10_000;

const SIZES = [
  ['10 B', 10],
  ['4 KB', 4096],
  ['1 MB', 1024 * 1024],
] as const;

interface Calculator {
  readonly name: string;
  readonly of: (bytes: Uint8Array) => number;
  /** Of the ASCII bytes "123456789". */
  readonly check: number;
}

const CALCULATORS: readonly Calculator[] = [
  { name: 'crc16', of: (bytes: Uint8Array) => crc16(bytes), check: 0xe541 },
  { name: "crc's crc16ccitt", of: (bytes: Uint8Array) => crc16ccitt(bytes), check: 0x29b1 },
  { name: 'crc32', of: (bytes: Uint8Array) => crc32(bytes), check: 0x41b403d3 },
  { name: "crc's crc32mpeg2", of: (bytes: Uint8Array) => crc32mpeg2(bytes) >>> 0, check: 0x0376e6e7 },
];

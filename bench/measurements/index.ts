import type { Pace } from '../pace.js';
import type { Step } from '../result.js';
import { cameras } from './cameras.js';
import { crc } from './crc.js';
import { decoding } from './decoding.js';
import { faults } from './faults.js';
import { frames } from './frames.js';
import { memory } from './memory.js';
import { pty } from './pty.js';
import { serial } from './serial.js';

export type Measurement = (pace: Pace) => Iterable<Step>;

export const NAMES = ['crc', 'decode', 'frames', 'memory', 'pty', 'serial', 'faults', 'cameras'] as const;
export type Name = (typeof NAMES)[number];

export const measurements: Record<Name, Measurement> = {
  crc,
  decode: decoding,
  frames,
  memory,
  pty,
  serial,
  faults,
  cameras,
};

export function isName(name: string): name is Name {
  return (NAMES as readonly string[]).includes(name);
}

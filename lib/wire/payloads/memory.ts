import { OpenMVError } from '../../errors.js';
import { layout, viewOf } from './layout.js';

/** A pool of the camera's memory; sizes in bytes (PROTOCOL 3, "memory"). */
export interface MemoryPool {
  /** `gc` is the interpreter's heap, `uma` the allocator of frame buffers. */
  readonly type: 'gc' | 'uma';
  /** UMA: 0x01 fast, 0x02 ITCM, 0x04 DTCM, 0x08 DMA D1, 0x10 DMA D2, 0x20 DMA D3, 0x40 transient. */
  readonly flags: number;
  readonly total: number;
  readonly used: number;
  readonly free: number;
  readonly persistent: number;
  readonly peak: number;
}

const HEAD_BYTES = 4;
const POOL_BYTES = 24;
const TYPES = ['gc', 'uma'] as const;

export function encodeMemory(pools: readonly MemoryPool[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + POOL_BYTES * pools.length);
  const view = viewOf(bytes);
  bytes[0] = pools.length;
  pools.forEach((pool, index) => {
    const at = HEAD_BYTES + POOL_BYTES * index;
    view.setUint8(at, TYPES.indexOf(pool.type));
    view.setUint16(at + 2, pool.flags, true);
    const sizes = [pool.total, pool.used, pool.free, pool.persistent, pool.peak];
    sizes.forEach((size, word) => view.setUint32(at + 4 + 4 * word, size, true));
  });
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when pools are missing, or the type of one is unknown. */
export function decodeMemory(payload: Uint8Array): MemoryPool[] {
  const count = layout('memory statistics', payload, HEAD_BYTES).getUint8(0);
  const view = layout(`memory statistics of ${count} pools`, payload, HEAD_BYTES + POOL_BYTES * count);
  return Array.from({ length: count }, (_, index) => {
    const at = HEAD_BYTES + POOL_BYTES * index;
    const size = (word: number) => view.getUint32(at + 4 + 4 * word, true);
    return {
      type: poolType(view.getUint8(at)),
      flags: view.getUint16(at + 2, true),
      total: size(0),
      used: size(1),
      free: size(2),
      persistent: size(3),
      peak: size(4),
    };
  });
}

function poolType(code: number): MemoryPool['type'] {
  const type = TYPES[code];
  if (type === undefined) throw new OpenMVError('MALFORMED', `unknown type ${code} of a memory pool`);
  return type;
}

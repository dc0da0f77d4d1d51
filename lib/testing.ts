export { faulty, faultyConnection, type FaultyOptions } from './transport/faulty.js';
export type { Faults } from './transport/fault-line.js';
export { memoryPair, type MemoryPairOptions } from './transport/memory.js';

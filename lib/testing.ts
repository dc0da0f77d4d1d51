export { faulty, faultyConnection, type Faults, type FaultyOptions } from './transport/faulty.js';
export { memoryPair, type MemoryPairOptions } from './transport/memory.js';

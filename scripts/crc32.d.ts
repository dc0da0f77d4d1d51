// The types of `crc` load those of Node, which the core is compiled without: tsconfig.core.json puts this in their place.
export default function crc32(bytes: Uint8Array, previous?: number): number;

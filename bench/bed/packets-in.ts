/** The packets of a chunk of a host's, by their headers alone: what it writes is short, and arrives whole. */
export function packetsIn(chunk: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < chunk.length;) {
    const length = (chunk[at + 6] ?? 0) | ((chunk[at + 7] ?? 0) << 8);
    const end = at + 10 + (length === 0 ? 0 : length + 4);
    packets.push(chunk.subarray(at, end));
    at = end;
  }
  return packets;
}

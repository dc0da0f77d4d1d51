import type { ReceiveBuffer } from './receive-buffer.js';

/** What waits in front of the receive buffer, at most. A host that keeps to the rules never has more than a packet there. */
export const INBOX_BYTES = 65536;

/** The port's own buffer: what arrived while the device was busy or its receive buffer full. */
export class Inbox {
  private chunks: Uint8Array[] = [];
  private held = 0;

  /** False, and the bytes are lost, when they would be too many. */
  push(chunk: Uint8Array): boolean {
    if (this.held > 0 && this.held + chunk.length > INBOX_BYTES) return false;
    this.chunks.push(chunk);
    this.held += chunk.length;
    return true;
  }

  /** Moves what fits into the receive buffer. */
  moveTo(buffer: ReceiveBuffer): void {
    for (let chunk = this.chunks[0]; chunk; chunk = this.chunks[0]) {
      const taken = buffer.append(chunk);
      this.held -= taken;
      if (taken < chunk.length) {
        this.chunks[0] = chunk.subarray(taken);
        return;
      }
      this.chunks.shift();
    }
  }
}

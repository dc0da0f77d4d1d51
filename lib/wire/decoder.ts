import { unshared } from './bytes.js';
import { crc32 } from './crc.js';
import {
  type AnnouncedHeader,
  bodyBytes,
  type Discarded,
  findSync,
  HEADER_BYTES,
  LARGEST_PAYLOAD,
  NO_BYTES,
  type Packet,
  parseHeader,
  word32,
} from './packet.js';

/** Small enough to be freed soon, large enough for the fragments of a usual JPEG frame. */
const SPACE_BYTES = 64 * 1024;

/**
 * Memory for payloads that arrive in several chunks.
 *
 * Kept payloads lie back to back. The fragments of one message thus become adjacent views, which can be joined without a
 * second copy. Kept memory is never written again.
 */
export class GatherSpace {
  #space = new Uint8Array(0);
  #used = 0;

  /** Returns memory for `bytes`, directly behind the last kept bytes if it fits. Valid until the next call. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#space.length - this.#used < bytes) {
      this.#space = new Uint8Array(Math.max(bytes, SPACE_BYTES));
      this.#used = 0;
    }
    return this.#space.subarray(this.#used, this.#used + bytes);
  }

  /** Keeps the first `bytes` of the memory returned last. */
  keep(bytes: number): void {
    this.#used += bytes;
  }
}

/** Options of the operator `decode`. */
export interface DecodeOptions {
  /** Bytes of the largest accepted payload, at most 65535. Default 8178, that of the largest device buffer. */
  readonly maxPayload?: number;
  /**
   * Returns whether to check CRCs; called for each one. A device does not fill CRCs while they are off (PROTOCOL 1). Without
   * the check, any bytes behind two sync bytes count as a packet. Default: always.
   */
  readonly crc?: () => boolean;
}

/** A value of `decode`. */
export type Decoded = Packet | Discarded;

interface OpenPacket {
  readonly header: AnnouncedHeader;
  readonly body: Uint8Array<ArrayBuffer>;
  filled: number;
}

/**
 * Finds the packets in a stream of bytes, in chunks of any size, without I/O.
 *
 * A payload within one chunk is a view of that chunk. A payload that spans chunks is copied once. Between calls the decoder
 * holds at most one unfinished packet (10 + maxPayload + 4 bytes), in a block of 64 KB.
 *
 * If the payload behind an intact header is wrong, too long or missing, the search continues at the first byte of that
 * payload: bytes may have been lost, and the next packet may start there.
 */
export class Decoder {
  readonly #maxPayload: number;
  readonly #crc: () => boolean;
  readonly #gather = new GatherSpace();
  /** The start of a header at the end of the last chunk. */
  readonly #start = new Uint8Array(HEADER_BYTES);
  #started = 0;
  /** A packet whose header has arrived, but not yet its whole body. */
  #open: OpenPacket | undefined;
  #garbage = 0;
  #out: Decoded[] = [];

  constructor({ maxPayload = LARGEST_PAYLOAD, crc = () => true }: DecodeOptions = {}) {
    this.#maxPayload = maxPayload;
    this.#crc = crc;
  }

  /** Returns the packets and discarded bytes that a chunk completes, in order. Do not write to the chunk afterwards. */
  push(chunk: Uint8Array): Decoded[] {
    this.#scan(unshared(chunk));
    return this.#take();
  }

  /**
   * Gives up an unfinished packet, and searches the bytes that did arrive.
   *
   * Call it when no more bytes will come: after a timeout, or before a SYNC.
   */
  giveUp(): Decoded[] {
    // These bytes may contain the start of another packet, which will not be finished either.
    while (this.#open !== undefined) {
      const { header, body, filled } = this.#open;
      this.#open = undefined;
      this.#reject('incomplete', header);
      this.#scan(body.slice(0, filled));
    }
    this.#garbage += this.#started;
    this.#started = 0;
    this.#endGarbage();
    return this.#take();
  }

  #take(): Decoded[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #scan(chunk: Uint8Array<ArrayBuffer>): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#open !== undefined) at = this.#continueBody(this.#open, chunk, at);
      else if (this.#started > 0) at = this.#continueHeader(chunk, at);
      else at = this.#findHeader(chunk, at);
    }
    if (this.#open === undefined && this.#started === 0) this.#endGarbage();
  }

  /** Searches the chunk, when no header or packet is unfinished. */
  #findHeader(chunk: Uint8Array<ArrayBuffer>, from: number): number {
    const at = findSync(chunk, from);
    if (at < 0) {
      this.#garbage += chunk.length - from;
      return chunk.length;
    }
    this.#garbage += at - from;
    if (chunk.length - at < HEADER_BYTES) {
      this.#start.set(chunk.subarray(at));
      this.#started = chunk.length - at;
      return chunk.length;
    }
    const header = parseHeader(chunk, at, this.#crc());
    if (header !== undefined) return this.#begin(header, chunk, at + HEADER_BYTES);
    this.#rejectSync();
    return at + 2;
  }

  /** Continues a possible header from the end of the last chunk. */
  #continueHeader(chunk: Uint8Array<ArrayBuffer>, from: number): number {
    const added = Math.min(HEADER_BYTES - this.#started, chunk.length - from);
    this.#start.set(chunk.subarray(from, from + added), this.#started);
    this.#started += added;
    const at = from + added;
    if (findSync(this.#start.subarray(0, this.#started), 0) !== 0) {
      this.#garbage += this.#dropTo(1);
      return at;
    }
    if (this.#started < HEADER_BYTES) return at;
    const header = parseHeader(this.#start, 0, this.#crc());
    if (header === undefined) {
      this.#rejectSync();
      this.#garbage += this.#dropTo(2) - 2;
      return at;
    }
    this.#started = 0;
    return this.#begin(header, chunk, at);
  }

  /** Drops the bytes before the next sync at or behind `from` in the possible header, and returns their number. */
  #dropTo(from: number): number {
    const next = findSync(this.#start.subarray(0, this.#started), from);
    const dropped = next < 0 ? this.#started : next;
    this.#start.copyWithin(0, dropped, this.#started);
    this.#started -= dropped;
    return dropped;
  }

  /** Handles the body at `at` of an intact header. */
  #begin(header: AnnouncedHeader, chunk: Uint8Array<ArrayBuffer>, at: number): number {
    this.#endGarbage();
    if (header.length > this.#maxPayload) {
      this.#reject('too-long', header);
      return at;
    }
    const bytes = bodyBytes(header.length);
    if (chunk.length - at < bytes) {
      this.#open = { header, body: this.#gather.take(bytes), filled: 0 };
      return at;
    }
    if (this.#finish(header, chunk.subarray(at, at + bytes))) return at + bytes;
    this.#reject('payload', header);
    return at;
  }

  #continueBody(open: OpenPacket, chunk: Uint8Array, from: number): number {
    const added = Math.min(open.body.length - open.filled, chunk.length - from);
    open.body.set(chunk.subarray(from, from + added), open.filled);
    open.filled += added;
    if (open.filled === open.body.length) {
      this.#open = undefined;
      if (this.#finish(open.header, open.body)) {
        this.#gather.keep(open.header.length);
      } else {
        this.#reject('payload', open.header);
        this.#scan(open.body.slice());
      }
    }
    return from + added;
  }

  /** Emits the packet; false if its payload CRC is wrong. */
  #finish({ length, ...header }: AnnouncedHeader, body: Uint8Array<ArrayBuffer>): boolean {
    const payload = length === 0 ? NO_BYTES : body.subarray(0, length);
    if (length > 0 && this.#crc() && crc32(payload) !== word32(body, length)) return false;
    this.#out.push({ kind: 'packet', ...header, payload });
    return true;
  }

  #reject(reason: Discarded['reason'], header: AnnouncedHeader): void {
    this.#out.push({ kind: 'discarded', reason, bytes: HEADER_BYTES, header });
  }

  /** Discards two sync bytes without a header. The search continues behind them. */
  #rejectSync(): void {
    this.#endGarbage();
    this.#out.push({ kind: 'discarded', reason: 'header', bytes: 2 });
  }

  #endGarbage(): void {
    if (this.#garbage === 0) return;
    this.#out.push({ kind: 'discarded', reason: 'garbage', bytes: this.#garbage });
    this.#garbage = 0;
  }
}

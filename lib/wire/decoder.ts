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

/** Small enough to be given back soon, large enough that a JPEG frame's fragments usually lie in one. */
const SPACE_BYTES = 64 * 1024;

/**
 * Where payloads that came in several chunks are put together.
 *
 * What is kept lies back to back, so the fragments of one message become adjacent views and need no second copy to be
 * joined. Space that was handed out is never written to again.
 */
export class GatherSpace {
  #space = new Uint8Array(0);
  #used = 0;

  /** Room for `bytes`, right behind what was last kept where it fits. Valid until the next call. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#space.length - this.#used < bytes) {
      this.#space = new Uint8Array(Math.max(bytes, SPACE_BYTES));
      this.#used = 0;
    }
    return this.#space.subarray(this.#used, this.#used + bytes);
  }

  /** Keeps the first `bytes` of the room last taken: they now belong to whoever holds a view of them. */
  keep(bytes: number): void {
    this.#used += bytes;
  }
}

/** Options of the operator `decode`. */
export interface DecodeOptions {
  /** Bytes of the largest payload that is believed. Default 8178, that of the largest device buffer; at most 65535. */
  readonly maxPayload?: number;
  /**
   * Whether the CRCs are checked, asked for each of them: a device fills none while they are switched off (PROTOCOL 1).
   * Without them anything behind two sync bytes is taken for a packet. Default: always.
   */
  readonly crc?: () => boolean;
}

/** What `decode` makes of bytes. */
export type Decoded = Packet | Discarded;

interface OpenPacket {
  readonly header: AnnouncedHeader;
  readonly body: Uint8Array<ArrayBuffer>;
  filled: number;
}

/**
 * Finds the packets in a stream of bytes, whatever the chunks it comes in, and without I/O.
 *
 * A payload that lies whole in one chunk is a view of that chunk; one that lies over several is copied together, once.
 * Held between calls: at most one unfinished packet (10 + maxPayload + 4 bytes), in a space of 64 KB.
 *
 * Damage costs as little as possible: behind an intact header whose payload is wrong, too long or never came, the
 * search goes on with the very next byte, since that payload may be short of bytes and the next packet inside of it.
 */
export class Decoder {
  readonly #maxPayload: number;
  readonly #crc: () => boolean;
  readonly #gather = new GatherSpace();
  /** The beginning of a header that the last chunk ended in. */
  readonly #start = new Uint8Array(HEADER_BYTES);
  #started = 0;
  /** A packet whose header is known and whose body is on its way. */
  #open: OpenPacket | undefined;
  #garbage = 0;
  #out: Decoded[] = [];

  constructor({ maxPayload = LARGEST_PAYLOAD, crc = () => true }: DecodeOptions = {}) {
    this.#maxPayload = maxPayload;
    this.#crc = crc;
  }

  /** The packets and rejects that these bytes complete, in their order. The chunk may not be written to afterwards. */
  push(chunk: Uint8Array): Decoded[] {
    this.#scan(unshared(chunk));
    return this.#take();
  }

  /**
   * Gives up waiting for the rest of an unfinished packet and searches the bytes that did come.
   *
   * For a receiver that knows that nothing more will come, by time or because it synchronises.
   */
  giveUp(): Decoded[] {
    // Giving up may begin the next unfinished packet inside of these bytes, which won't end either.
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

  /** Nothing is pending: searches the chunk itself. */
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

  /** The last chunk ended inside of what may be a header. */
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

  /** Drops what stands before the next sync at or behind `from` in the possible header; returns how many bytes. */
  #dropTo(from: number): number {
    const next = findSync(this.#start.subarray(0, this.#started), from);
    const dropped = next < 0 ? this.#started : next;
    this.#start.copyWithin(0, dropped, this.#started);
    this.#started -= dropped;
    return dropped;
  }

  /** An intact header: its body begins at `at`. */
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

  /** Emits the packet if its payload is what its CRC says. */
  #finish({ length, ...header }: AnnouncedHeader, body: Uint8Array<ArrayBuffer>): boolean {
    const payload = length === 0 ? NO_BYTES : body.subarray(0, length);
    if (length > 0 && this.#crc() && crc32(payload) !== word32(body, length)) return false;
    this.#out.push({ kind: 'packet', ...header, payload });
    return true;
  }

  #reject(reason: Discarded['reason'], header: AnnouncedHeader): void {
    this.#out.push({ kind: 'discarded', reason, bytes: HEADER_BYTES, header });
  }

  /** Two sync bytes that begin no header; what stands behind them is searched. */
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

/** Before anything was measured, about what a pty or a full-speed USB calls for. */
const FIRST_PACKETS = 4;
/** Of one packet alone it can't be told how long a packet takes, and how long the command before it. */
const LEAST_PACKETS = 2;
const MAX_BYTES = 256 * 1024;
/** How many times longer than the wait for its beginning a slice may be: about a fifth of the link's time is lost so. */
const LENGTH_TO_WAIT = 4;
/** A measurement counts half after some 23 more. */
const MEMORY = 0.97;
const ENOUGH_SLICES = 8;
/** A clock may tick in milliseconds: where all slices together took less, a packet may seem longer than it is. */
const ENOUGH_MS = 20;

/**
 * How much of a long read is asked for at a time. Between two slices other channels have their turn, so a small command
 * waits as long as one lasts; each costs the camera's reaction to a command, so short ones are slow where that takes long.
 * They last a few times as long as that reaction: short where the camera is quick or the wire slow, long where a script keeps
 * the camera busy.
 */
export class SlicePace {
  #slices = 0;
  #firstMs = 0;
  #restMs = 0;
  #restPackets = 0;

  /** Of a slice. */
  packets(maxPayload: number): number {
    const most = Math.max(LEAST_PACKETS, Math.floor(MAX_BYTES / maxPayload));
    if (this.#slices < ENOUGH_SLICES) return Math.min(FIRST_PACKETS, most);
    const least = this.#firstMs + this.#restMs < ENOUGH_MS ? FIRST_PACKETS : LEAST_PACKETS;
    const packetMs = this.#restMs / this.#restPackets;
    const reactionMs = Math.max(this.#firstMs / this.#slices - packetMs, 0);
    const wanted = reactionMs === 0 ? least : Math.round((LENGTH_TO_WAIT * reactionMs) / packetMs);
    return Math.min(Math.max(wanted, least), most);
  }

  /** A slice that came undisturbed: when its first packet was there, and how long after that its last one. */
  measured(packets: number, firstMs: number, restMs: number): void {
    if (packets < LEAST_PACKETS) return;
    this.#slices = this.#slices * MEMORY + 1;
    this.#firstMs = this.#firstMs * MEMORY + firstMs;
    this.#restMs = this.#restMs * MEMORY + restMs;
    this.#restPackets = this.#restPackets * MEMORY + packets - 1;
  }
}

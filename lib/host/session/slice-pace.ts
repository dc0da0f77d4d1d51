/** The size of a slice before the first measurements, about right for a pty or full-speed USB. */
const FIRST_PACKETS = 4;
/** With one packet alone, the time of the packet can't be told from the camera's response time. */
const LEAST_PACKETS = 2;
const MAX_BYTES = 256 * 1024;
/** The duration of a slice, as a multiple of the camera's response time: about a fifth of the link's time is lost. */
const LENGTH_TO_WAIT = 4;
/** The weight of a measurement halves after about 23 more. */
const MEMORY = 0.97;
const ENOUGH_SLICES = 8;
/** A clock may tick in milliseconds: if all slices together took less, the time of a packet is not known well enough. */
const ENOUGH_MS = 20;

/**
 * The size of the slices of a long read. Other channels are served between two slices, so a small command waits as long as one slice takes. But each slice costs the
 * camera's response time, so slices must not be too short. They take a few times as long as a response: short if the camera is quick or
 * the link slow, long if a script keeps the camera busy.
 */
export class SlicePace {
  #slices = 0;
  #firstMs = 0;
  #restMs = 0;
  #restPackets = 0;

  /** The number of packets in the next slice. */
  packets(maxPayload: number): number {
    const most = Math.max(LEAST_PACKETS, Math.floor(MAX_BYTES / maxPayload));
    if (this.#slices < ENOUGH_SLICES) return Math.min(FIRST_PACKETS, most);
    const least = this.#firstMs + this.#restMs < ENOUGH_MS ? FIRST_PACKETS : LEAST_PACKETS;
    const packetMs = this.#restMs / this.#restPackets;
    const reactionMs = Math.max(this.#firstMs / this.#slices - packetMs, 0);
    const wanted = reactionMs === 0 ? least : Math.round((LENGTH_TO_WAIT * reactionMs) / packetMs);
    return Math.min(Math.max(wanted, least), most);
  }

  /** Records a slice without losses: the time until its first packet, and from there to its last. */
  measured(packets: number, firstMs: number, restMs: number): void {
    if (packets < LEAST_PACKETS) return;
    this.#slices = this.#slices * MEMORY + 1;
    this.#firstMs = this.#firstMs * MEMORY + firstMs;
    this.#restMs = this.#restMs * MEMORY + restMs;
    this.#restPackets = this.#restPackets * MEMORY + packets - 1;
  }
}

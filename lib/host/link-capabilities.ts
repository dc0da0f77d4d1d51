import { Opcode } from '../wire/opcode.js';
import { decodeCapabilities, type Capabilities } from '../wire/payloads/index.js';
import type { Command } from './command.js';
import type { Outcome } from './exchange-state.js';

/** What the camera has been set to on one link, whoever still waits to hear that. */
export class LinkCapabilities {
  #held: Capabilities | undefined;

  /** What holds since the last SYNC; nothing while the camera was not told. */
  get held(): Capabilities | undefined {
    return this.#held;
  }

  /** A command has ended: a SYNC sets the camera back, and SET_CAPS sets it to what it says. */
  took({ opcode, payload }: Command, { kind }: Outcome): void {
    if (opcode === Opcode.PROTO_SYNC) this.#held = undefined;
    else if (opcode === Opcode.PROTO_SET_CAPS && kind === 'done') this.#held = decodeCapabilities(payload);
  }

  /**
   * Whether the camera fills CRCs. One that is told not to does so up to its answer: that may be lost, and what follows may
   * come in one chunk with it, so nothing is checked from the question on.
   */
  fillsCrcs(active: Command | undefined): boolean {
    if (active?.opcode === Opcode.PROTO_SET_CAPS && !decodeCapabilities(active.payload).crc) return false;
    return this.#held?.crc ?? true;
  }
}

import { Opcode } from '../../wire/opcode.js';
import { type Capabilities, decodeCapabilities } from '../../wire/payloads/index.js';
import type { Command } from './command.js';
import type { Outcome } from './exchange/state.js';

/** The capabilities that the camera was set to on one link. It counts what the camera did, even if nobody waits for it. */
export class LinkCapabilities {
  #held: Capabilities | undefined;

  /** The capabilities since the last SYNC; `undefined` until the camera was told. */
  get held(): Capabilities | undefined {
    return this.#held;
  }

  /** A command has ended: a SYNC resets the capabilities, and SET_CAPS sets them. */
  ended({ opcode, payload }: Command, { kind }: Outcome): void {
    if (opcode === Opcode.PROTO_SYNC) this.#held = undefined;
    else if (opcode === Opcode.PROTO_SET_CAPS && kind === 'done') this.#held = decodeCapabilities(payload);
  }

  /**
   * Whether the camera fills CRCs. A camera that is told not to stops with its answer. That answer may be lost, or share a
   * chunk with packets behind it, so CRCs are unchecked from the command on.
   */
  fillsCrcs(active: Command | undefined): boolean {
    if (active?.opcode === Opcode.PROTO_SET_CAPS && !decodeCapabilities(active.payload).crc) return false;
    return this.#held?.crc ?? true;
  }
}

import type { Packet } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import type { Answer } from '../backend.js';
import type { DeviceState } from './device-state.js';
import { settled, type Task } from './task.js';
import type { Transmitter } from './transmitter.js';

/** The state that a command can read and change. */
export interface CommandContext extends DeviceState {
  capabilities: Capabilities;
  /** Sets sequence 0 and the default capabilities, and empties the receive buffer. `releaseLocks` releases the locks. */
  resetState(): void;
  /** Sets the sequence number to 0, after the acknowledgement of a SYNC. */
  restartSequence(): void;
}

/** The context of a stack's commands. A restart ends the stack before it reaches the camera. */
export function commandContext(
  device: DeviceState,
  transmitter: Transmitter,
  stack: { readonly resetState: () => void; readonly end: () => void },
): CommandContext {
  return {
    ...device,
    get capabilities() {
      return transmitter.capabilities;
    },
    set capabilities(agreed) {
      transmitter.capabilities = agreed;
    },
    restart: (into) => {
      stack.end();
      device.restart(into);
    },
    resetState: stack.resetState,
    restartSequence: () => {
      transmitter.sequence = 0;
    },
  };
}

/** The answer of a back-end. If its method fails, the failure is reported and the answer is `instead`. */
export function* attempted<T>(
  { channel, opcode }: Packet,
  context: CommandContext,
  call: () => Answer<T>,
  instead: T,
): Task<T> {
  try {
    return yield* settled(call());
  } catch (error) {
    context.report(context.channels.find(channel)?.name ?? '', opcode, error);
    return instead;
  }
}

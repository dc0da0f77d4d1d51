import type { Packet } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import type { Answer } from '../backend.js';
import type { DeviceState } from './device-state.js';
import { settled, type Task } from './task.js';
import type { Transmitter } from './transmitter.js';

/** What a command may see and change. */
export interface CommandContext extends DeviceState {
  capabilities: Capabilities;
  /** Sequence 0, default capabilities, empty receive buffer. The locks are another matter: see `releaseLocks`. */
  resetState(): void;
  /** The counter back at 0, behind the acknowledgement of a SYNC. */
  restartSequence(): void;
}

/** The context of a session's commands; a restart ends the session before the camera hears of it. */
export function commandContext(
  device: DeviceState,
  transmitter: Transmitter,
  session: { readonly resetState: () => void; readonly end: () => void },
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
      session.end();
      device.restart(into);
    },
    resetState: session.resetState,
    restartSequence: () => {
      transmitter.sequence = 0;
    },
  };
}

/** The answer of a back-end, or `instead` where its method fails. The failure is reported. */
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

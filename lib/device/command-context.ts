import type { Capabilities } from '../wire/payloads/index.js';
import type { DeviceState } from './device-state.js';
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

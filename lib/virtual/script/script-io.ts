import type { Observable, SchedulerLike } from 'rxjs';
import type { Backend } from '../../device/backend.js';
import type { DeviceChannel } from '../../device/device.js';

/** What a script of a {@link VirtualCamera} may do. */
export interface ScriptIo {
  /** Writes text to `stdout`, as it is. */
  readonly print: (text: string) => void;
  /** Registers a channel, which goes with the script's end. */
  readonly register: (name: string, backend: Backend) => DeviceChannel;
  /** Whether a host is there. A script that sleeps while none is keeps no program from ending. */
  readonly attached$: Observable<boolean>;
  /** Where the camera's time comes from. */
  readonly scheduler: SchedulerLike;
}

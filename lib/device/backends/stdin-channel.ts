import { ChannelFlag } from '../../wire/flags.js';
import { decodeUtf8 } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';

/** The requests of `stdin` (PROTOCOL 9). */
const Request = { STOP: 1, EXEC: 2, RESET: 3 } as const;
/** Its events. */
const Event = { ENDED: 0, STARTED: 1 } as const;

/** The longest script that can be uploaded: as much as a camera's heap could hold. */
const SCRIPT_BYTES = 1 << 20;

/** Who runs the scripts that arrive on `stdin`. */
export interface ScriptHost {
  readonly running: boolean;
  stop(): void;
  execute(): void;
}

/** The channel `stdin`: a buffer that a script is uploaded to, and the orders to run and stop it. */
export class StdinChannel {
  private script = new Uint8Array(0);
  private readonly channel: DeviceChannel;

  constructor(device: Device, host: ScriptHost) {
    const requests: Readonly<Record<number, () => boolean>> = {
      [Request.STOP]: () => {
        host.stop();
        return true;
      },
      [Request.EXEC]: () => {
        if (this.script.length > 0) host.execute();
        return this.script.length > 0;
      },
      [Request.RESET]: () => {
        this.clear();
        return true;
      },
    };
    const backend = {
      poll: () => host.running,
      write: (offset: number, data: Uint8Array) => this.append(offset === 0, data),
      ioctl: (request: number) => Number(!requests[request]?.()),
      ioctlSizes: new Map(Object.values(Request).map((request) => [request, 0])),
    };
    this.channel = device.register('stdin', backend, ChannelFlag.WRITE | ChannelFlag.EXEC);
  }

  get source(): string {
    return decodeUtf8(this.script);
  }

  clear(): void {
    this.script = new Uint8Array(0);
  }

  announce(running: boolean): void {
    this.channel.sendEvent(running ? Event.STARTED : Event.ENDED);
  }

  private append(anew: boolean, data: Uint8Array): number {
    const before = anew ? 0 : this.script.length;
    if (before + data.length > SCRIPT_BYTES) return 0;
    const script = new Uint8Array(before + data.length);
    script.set(this.script.subarray(0, before));
    script.set(data, before);
    this.script = script;
    return data.length;
  }
}

import { ChannelFlag } from '../../wire/flags.js';
import { decodeUtf8, StdinEvent, StdinRequest } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';

/** Bytes of the longest script: about the heap of a camera. */
const SCRIPT_BYTES = 1 << 20;

/** Runs the scripts that arrive on `stdin`. */
export interface ScriptHost {
  readonly running: boolean;
  stop(): void;
  execute(): void;
}

/** The channel `stdin`: a buffer for an uploaded script, and requests that run and stop it (PROTOCOL 9). */
export class StdinChannel {
  #script = new Uint8Array(0);
  readonly #channel: DeviceChannel;

  constructor(device: Device, host: ScriptHost) {
    const requests: Readonly<Record<number, () => boolean>> = {
      [StdinRequest.STOP]: () => {
        host.stop();
        return true;
      },
      [StdinRequest.EXEC]: () => {
        if (this.#script.length > 0) host.execute();
        return this.#script.length > 0;
      },
      [StdinRequest.RESET]: () => {
        this.clear();
        return true;
      },
    };
    const backend = {
      poll: () => host.running,
      write: (offset: number, data: Uint8Array) => this.#append(data, offset === 0),
      ioctl: (request: number) => Number(!requests[request]?.()),
      ioctlSizes: new Map(Object.values(StdinRequest).map((request) => [request, 0])),
    };
    this.#channel = device.register('stdin', backend, ChannelFlag.WRITE | ChannelFlag.EXEC);
  }

  get source(): string {
    return decodeUtf8(this.#script);
  }

  clear(): void {
    this.#script = new Uint8Array(0);
  }

  announce(running: boolean): void {
    this.#channel.sendEvent(running ? StdinEvent.STARTED : StdinEvent.ENDED);
  }

  #append(data: Uint8Array, isFirst: boolean): number {
    const before = isFirst ? 0 : this.#script.length;
    if (before + data.length > SCRIPT_BYTES) return 0;
    const script = new Uint8Array(before + data.length);
    script.set(this.#script.subarray(0, before));
    script.set(data, before);
    this.#script = script;
    return data.length;
  }
}

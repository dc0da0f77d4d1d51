import { decodeUtf8, encodeUtf8 } from '../wire/payloads/index.js';
import type { Backend } from './backend.js';
import type { DeviceChannel } from './device.js';

/** The event of `config` that it has changed. */
const CHANGED = 1;

/** A custom channel that a script could have registered: its settings as JSON, `{"quality": 80}`. */
export class ConfigChannel implements Backend {
  /** For its events; set when it is registered. */
  channel: DeviceChannel | undefined;
  private text: Uint8Array;

  constructor(public quality: number) {
    this.text = encodeUtf8(JSON.stringify({ quality }));
  }

  size(): number {
    return this.text.length;
  }

  read(offset: number, size: number): Uint8Array {
    return this.text.subarray(offset, offset + size);
  }

  /** Nothing is taken of what is not JSON, or has no quality of 1 to 100. */
  write(offset: number, data: Uint8Array): number {
    const quality = offset === 0 ? qualityIn(decodeUtf8(data)) : undefined;
    if (quality === undefined) return 0;
    this.quality = quality;
    this.text = encodeUtf8(JSON.stringify({ quality }));
    this.channel?.sendEvent(CHANGED);
    return data.length;
  }
}

function qualityIn(json: string): number | undefined {
  try {
    const { quality } = JSON.parse(json) as { quality?: unknown };
    return typeof quality === 'number' && quality >= 1 && quality <= 100 ? Math.round(quality) : undefined;
  } catch {
    return undefined;
  }
}

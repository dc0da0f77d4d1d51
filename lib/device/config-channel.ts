import { skip, type Subscription } from 'rxjs';
import { decodeUtf8, encodeUtf8 } from '../wire/payloads/index.js';
import type { Device } from './device.js';
import type { PictureControl } from './picture-control.js';
import { given, settingNames, type PictureSettings } from './picture-settings.js';

/** The event of `config` that it has changed. */
const CHANGED = 1;

/**
 * Serves `config`, as a script could: the settings of the pictures as JSON, `{"quality":80,"framesPerSecond":25,…}`. A
 * write holds those that are to change.
 *
 * @param onGone called when a soft reboot has taken the channel away
 */
export function serveConfig(device: Device, control: PictureControl, onGone: () => void): Subscription {
  let text = textOf(control.settings);
  const channel = device.register('config', {
    deinit: onGone,
    size: () => text.length,
    read: (offset, size) => text.subarray(offset, offset + size),
    write: (offset, data) => (offset === 0 && change(control, decodeUtf8(data)) ? data.length : 0),
  });
  return control.settings$.pipe(skip(1)).subscribe((settings) => {
    text = textOf(settings);
    channel.sendEvent(CHANGED);
  });
}

function textOf(settings: PictureSettings): Uint8Array {
  return encodeUtf8(JSON.stringify(Object.fromEntries(settingNames.map((name) => [name, settings[name]]))));
}

/** False, and nothing has changed, for what is not JSON, holds no setting, or one outside its limits. */
function change(control: PictureControl, json: string): boolean {
  try {
    const changes = given(JSON.parse(json) as object);
    if (Object.keys(changes).length === 0) return false;
    control.ask(changes);
    return true;
  } catch {
    return false;
  }
}

import type { CameraEvent } from 'openmv-rx';
import { NOTIFY } from 'openmv-rx/protocol';

/** An event for people, without its time. */
export function eventWords({ kind, channel, event }: CameraEvent): string {
  switch (kind) {
    case 'channel-registered':
      return 'a channel was registered';
    case 'channel-unregistered':
      return 'a channel was unregistered';
    case 'soft-reboot':
      return 'the camera reboots';
    case 'script-started':
      return 'a script has started';
    case 'script-ended':
      return 'the script has ended';
    case 'frame-too-large':
      return 'a frame was too large for the camera';
    case 'text-ready':
      return 'there is text';
    case 'frame-ready':
      return 'there is a frame';
    case 'channel':
      return event === NOTIFY ? `${channel} has something new` : `${channel}: event ${event}`;
    case 'system':
      return `the system: event ${event}`;
  }
}

/** Time of day with milliseconds, as events are dense. */
export function timeOfDay(ms: number): string {
  const time = new Date(ms);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${clock.join(':')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

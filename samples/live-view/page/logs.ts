import { type Camera, type CameraEvent, lines } from 'openmv-rx';
import { filter } from 'rxjs';
import { Log } from './log.js';

/** A longer line is shown in pieces, so that a script that never ends a line can't fill the memory. */
const LONGEST = 1000;

/** Shows what the camera's script prints. */
export function showText(camera: Camera): void {
  const log = new Log('text');
  camera.stdout$.pipe(lines({ maxLength: LONGEST })).subscribe((line) => {
    log.add(line);
  });
}

/**
 * Shows the camera's events except those for text and frames, which the page shows anyway. A channel may send an event
 * for each value, so repeated events are counted.
 */
export function showEvents(camera: Camera): void {
  const log = new Log('events');
  camera.events$
    .pipe(filter(({ kind }) => kind !== 'text-ready' && kind !== 'frame-ready'))
    .subscribe(({ kind, channel, event }: CameraEvent) => {
      if (kind === 'channel') log.count(timeOfDay(), `${channel}: event ${event}`);
      else log.add(`${timeOfDay()}  ${channel}: ${kind === 'system' ? `event ${event}` : kind.replace('-', ' ')}`);
    });
}

const timeOfDay = () => new Date().toLocaleTimeString(undefined, { hourCycle: 'h23' });

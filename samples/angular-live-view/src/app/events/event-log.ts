import { ChangeDetectionStrategy, Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { animationFrameScheduler, auditTime, filter, scan } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { withEntry, type Entry } from '../log/entry';
import { LogView } from '../log/log-view';
import { eventWords, timeOfDay } from './event-words';

const MOST_EVENTS = 200;
const NOTHING: readonly Entry[] = [];

/** What the camera tells by itself, but not that there is text or a frame: those are on the page already. */
@Component({
  selector: 'omv-event-log',
  imports: [LogView],
  host: { class: 'card' },
  template: `
    <header><h2>Events</h2></header>
    <omv-log label="What the camera tells" empty="The camera has told nothing yet." [entries]="events()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EventLog {
  readonly #camera = injectCamera();
  protected readonly events = toSignal(
    this.#camera.events$.pipe(
      againWhenReady(this.#camera),
      filter(({ kind }) => kind !== 'text-ready' && kind !== 'frame-ready'),
      scan(
        (entries, event) => withEntry(entries, `${timeOfDay(event.receivedAt)}  ${eventWords(event)}`, MOST_EVENTS),
        NOTHING,
      ),
      auditTime(0, animationFrameScheduler),
    ),
    { initialValue: NOTHING },
  );
}

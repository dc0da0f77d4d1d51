import { ChangeDetectionStrategy, Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { animationFrameScheduler, auditTime, filter, scan } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { LogView } from '../log/log-view';
import { withEvent, type EventEntry } from './event-entries';

const MOST_EVENTS = 200;
const NOTHING: readonly EventEntry[] = [];

/** The camera's events, except those for text and frames, which the page shows anyway. */
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
      scan((entries, event) => withEvent(entries, event, MOST_EVENTS), NOTHING),
      auditTime(0, animationFrameScheduler),
    ),
    { initialValue: NOTHING },
  );
}

import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { widgets, type Widget } from 'openmv-rx/widgets';
import { animationFrameScheduler, auditTime, map, startWith, switchMap, tap } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { messageOf } from '../message-of';
import { keyed } from './widget-names';
import { WidgetRow } from './widget-row';

/** The widgets of one channel. */
@Component({
  selector: 'omv-channel-panel',
  imports: [WidgetRow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset [disabled]="!enabled()">
      <legend>{{ channel() }}</legend>
      @if (failure(); as why) {
        <p class="failed" role="alert">{{ why }}</p>
      }
      @if (isOther()) {
        <p class="quiet">This channel holds no widgets: its bytes are something else.</p>
      }
      @for (one of rows(); track one.key) {
        <omv-widget [widget]="one.widget" [widgets]="widgets()" [enabled]="enabled()" />
      } @empty {
        @if (!failure() && !isOther()) {
          <p class="quiet">{{ set() ? 'It has no widgets yet.' : 'Nothing was read of it yet.' }}</p>
        }
      }
    </fieldset>
  `,
  styles: `
    fieldset {
      min-width: 0;
      padding: 0;
      border: 0;
    }

    legend {
      padding: 0.25rem 0;
      color: var(--quiet);
      font-family: var(--mono);
    }
  `,
})
export class ChannelPanel {
  readonly channel = input.required<string>();
  /** True if the widgets can be set now. */
  readonly enabled = input.required<boolean>();
  readonly #camera = injectCamera();
  protected readonly failure = signal<string | undefined>(undefined);
  protected readonly widgets = computed(() => widgets(this.#camera, this.channel()));
  /** A camera may say what it has much more often than anybody can see. */
  protected readonly set = toSignal(
    toObservable(this.widgets).pipe(
      switchMap(({ widgets$ }) =>
        widgets$.pipe(
          tap(() => {
            this.failure.set(undefined);
          }),
          againWhenReady(this.#camera, (error) => {
            this.failure.set(messageOf(error));
          }),
          auditTime(0, animationFrameScheduler),
          map((all): readonly Widget[] | undefined => all),
          startWith(undefined),
        ),
      ),
    ),
  );
  /** True if no part of the value is a widget. Then the panel shows one message instead of one for each entry. */
  protected readonly isOther = computed(() => {
    const all = this.set() ?? [];
    return all.length > 0 && all.every(({ type }) => type === 'malformed');
  });
  protected readonly rows = computed(() => keyed(this.isOther() ? [] : (this.set() ?? [])));
}

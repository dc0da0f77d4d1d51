import {
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  input,
  viewChild,
  type ElementRef,
} from '@angular/core';
import { fromEvent, type Subscription } from 'rxjs';
import type { Entry } from './entry';

/** Lines of which the newest are in sight, unless the reader has scrolled back. */
@Component({
  selector: 'omv-log',
  template: `
    <div #list class="mono" role="log" aria-live="off" tabindex="0" [attr.aria-label]="label()">
      @for (entry of entries(); track entry.id) {
        <div>{{ entry.text }}</div>
      } @empty {
        <p class="quiet">{{ empty() }}</p>
      }
    </div>
  `,
  styleUrl: './log-view.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogView {
  readonly entries = input.required<readonly Entry[]>();
  readonly label = input.required<string>();
  readonly empty = input('Nothing yet.');

  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');
  #isAtEnd = true;

  constructor() {
    let scrolling: Subscription | undefined;
    // Not from the template: scrolling changes nothing that Angular would have to look at.
    afterNextRender(() => {
      const list = this.list().nativeElement;
      scrolling = fromEvent(list, 'scroll', { passive: true }).subscribe(() => {
        this.#isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
      });
    });
    inject(DestroyRef).onDestroy(() => scrolling?.unsubscribe());
    afterRenderEffect(() => {
      this.entries();
      const list = this.list().nativeElement;
      if (this.#isAtEnd) list.scrollTop = list.scrollHeight;
    });
  }
}

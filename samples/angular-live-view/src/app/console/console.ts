import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { skipBanner } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { animationFrameScheduler, auditTime, map, merge, scan, Subject } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import type { Entry } from '../log/entry';
import { LogView } from '../log/log-view';
import { visible, withText } from './append-text';

const NOTHING: readonly Entry[] = [];

/** What the camera's scripts print. */
@Component({
  selector: 'omv-console',
  imports: [LogView],
  host: { class: 'card' },
  template: `
    <header>
      <h2>Console</h2>
      <div class="tools">
        <span class="quiet" role="status">{{ copied() }}</span>
        <button type="button" class="small" [disabled]="!lines().length" (click)="copy()">Copy</button>
        <button type="button" class="small" [disabled]="!lines().length" (click)="clear()">Clear</button>
      </div>
    </header>
    <omv-log label="What the camera prints" empty="The camera has printed nothing yet." [entries]="lines()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Console {
  readonly #camera = injectCamera();
  readonly #cleared = new Subject<void>();
  protected readonly lines = toSignal(
    merge(
      this.#camera.stdout$.pipe(
        againWhenReady(this.#camera),
        skipBanner(),
        map((text) => (lines: readonly Entry[]) => withText(lines, text)),
      ),
      this.#cleared.pipe(map(() => () => NOTHING)),
    ).pipe(
      scan((lines, change) => change(lines), NOTHING),
      // However much is printed, the page is drawn no oftener than the screen.
      auditTime(0, animationFrameScheduler),
      map(visible),
    ),
    { initialValue: NOTHING },
  );
  protected readonly copied = signal('');

  protected async copy(): Promise<void> {
    const text = this.lines().map((line) => line.text);
    try {
      // A page that came neither by https: nor from localhost has no clipboard at all.
      await navigator.clipboard.writeText(text.join('\n'));
      this.copied.set('Copied.');
    } catch {
      this.copied.set('The browser did not allow it.');
    }
  }

  protected clear(): void {
    this.copied.set('');
    this.#cleared.next();
  }
}

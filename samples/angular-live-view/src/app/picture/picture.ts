import { DOCUMENT } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, viewChild, type ElementRef } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { frameRate, throughput, type Frame } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { auditTime, catchError, filter, merge, of, share, Subject, switchMap, take, tap } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { injectConnection } from '../session/connection';
import { bytesText } from './bytes';
import { paintedOn } from './painted-on';
import { readable } from './rate';
import { NOTHING_SHOWN, shown } from './shown';
import { downloadFrame } from './snapshot';

/** A figure that changes faster can't be read. */
const SHOWN_MS = 100;

/** The live picture, and its state. */
@Component({
  selector: 'omv-picture',
  host: { class: 'card' },
  templateUrl: './picture.html',
  styleUrl: './picture.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Picture {
  readonly #camera = injectCamera();
  protected readonly connection = injectConnection();
  protected readonly canFill = inject(DOCUMENT).fullscreenEnabled;
  protected readonly bytesText = bytesText;

  private readonly canvas = viewChild<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly stage = viewChild<ElementRef<HTMLElement>>('stage');
  readonly #broken = new Subject<Error>();
  #newest: Frame | undefined;

  readonly #frames$ = this.#camera.frames$.pipe(
    againWhenReady(this.#camera, (error) => {
      this.#broken.next(error as Error);
    }),
    tap((frame) => (this.#newest = frame)),
    share(),
  );
  readonly #painted$ = toObservable(this.canvas).pipe(
    filter((canvas) => canvas !== undefined),
    take(1),
    switchMap(({ nativeElement }) => this.#frames$.pipe(paintedOn(nativeElement))),
    catchError((error: Error) => of(error)),
  );

  protected readonly shown = toSignal(merge(this.#painted$, this.#broken).pipe(shown(), auditTime(SHOWN_MS)), {
    initialValue: NOTHING_SHOWN,
  });
  protected readonly rate = toSignal(this.#frames$.pipe(frameRate(), readable()), { initialValue: 0 });
  protected readonly throughput = toSignal(this.#frames$.pipe(throughput(), readable()), { initialValue: 0 });
  /** The text over the picture while there is none, or no new one. */
  protected readonly notice = computed(() => {
    const { state, title } = this.connection();
    if (state !== 'ready') return title;
    const { drawn, failures } = this.shown();
    if (drawn) return '';
    return failures
      ? 'No picture could be shown yet.'
      : 'Waiting for a picture: they come while a script on the camera takes some.';
  });

  protected save(): void {
    if (this.#newest) downloadFrame(this.#newest);
  }

  protected fill(): void {
    void this.stage()?.nativeElement.requestFullscreen();
  }
}

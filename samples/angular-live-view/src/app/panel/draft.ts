import { afterNextRender, type Injector, linkedSignal, signal, type Signal } from '@angular/core';
import type { Widget, WidgetValue } from 'openmv-rx/widgets';
import type { Observable } from 'rxjs';
import { messageOf } from '../message-of';

/** The value that the user has set a widget to. */
interface Wish {
  readonly value: WidgetValue;
}

/** A widget as it is shown: as a person sets it, until the camera refuses that, is gone, or says something else. */
export class Draft {
  /** The values that the camera has not answered yet. */
  readonly #wanted = signal<Wish | undefined>(undefined);
  /** The values that the camera has accepted. A script may report a new value late or never, so these are shown until it reports another one. */
  readonly #taken;
  readonly #failure = signal<string | undefined>(undefined);
  #last = 0;

  /** Why the camera has not taken what was set last. */
  readonly failure: Signal<string | undefined> = this.#failure.asReadonly();

  constructor(
    private readonly widget: () => Widget,
    enabled: () => boolean,
    private readonly injector: Injector,
  ) {
    this.#taken = linkedSignal<{ readonly value: unknown; readonly enabled: boolean }, Wish | undefined>({
      source: () => ({ value: valueOf(widget()), enabled: enabled() }),
      computation: (now, before) =>
        now.enabled && before && now.value === before.source.value ? before.value : undefined,
    });
  }

  shown(): Widget {
    const wish = this.#wanted() ?? this.#taken();
    // It has the type of the widget's own value, for a field of that widget has given it.
    return wish ? ({ ...this.widget(), value: wish.value } as Widget) : this.widget();
  }

  /** Shows a value, and what becomes of it, unless it is overtaken. */
  set(value: WidgetValue, written$: Observable<void>): void {
    this.#wanted.set({ value });
    this.#follow(written$, () => {
      this.#taken.set({ value });
      this.#wanted.set(undefined);
    });
  }

  click(clicked$: Observable<void>): void {
    this.#follow(clicked$, () => undefined);
  }

  #follow(written$: Observable<void>, done: () => void): void {
    const turn = ++this.#last;
    const unlessOvertaken = (work: () => void) => () => {
      if (turn === this.#last) work();
    };
    this.#failure.set(undefined);
    written$.subscribe({
      complete: unlessOvertaken(done),
      error: (error: unknown) => {
        unlessOvertaken(() => {
          this.#failure.set(messageOf(error));
          const takeBack = unlessOvertaken(() => {
            this.#wanted.set(undefined);
          });
          // Show the value first, because a field keeps a value that was never shown.
          afterNextRender({ write: takeBack }, { injector: this.injector });
        })();
      },
    });
  }
}

function valueOf(widget: Widget): unknown {
  return 'value' in widget ? widget.value : undefined;
}

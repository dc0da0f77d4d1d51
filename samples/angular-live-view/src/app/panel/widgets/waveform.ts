import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { WaveformWidget } from 'openmv-rx/widgets';
import { shownNumber } from '../shown-number';
import { fullName } from '../widget-names';
import { rangeOf } from './colour-scale';
import { seriesPaths } from './series-paths';

/** The newest samples of each signal, over time. */
@Component({
  selector: 'omv-waveform',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <figure>
      <figcaption>
        {{ name() }}
        @for (one of series(); track $index) {
          <span class="series" [style.--of]="$index">{{ one.name }}</span>
        }
      </figcaption>
      @if (widget().data.length === 0) {
        <p class="empty">No samples yet.</p>
      } @else {
        <div class="plot">
          <span class="top">{{ high() }}</span>
          <span class="bottom">{{ low() }}</span>
          <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" [attr.aria-label]="description()">
            @for (one of series(); track $index) {
              <path [attr.d]="one.path" [style.--of]="$index" />
            }
          </svg>
        </div>
        <p class="time">{{ duration() }}</p>
      }
    </figure>
  `,
  styles: `
    .series,
    path {
      --tone: oklch(from var(--accent) l c calc(h + var(--of) * 137));
    }

    .series {
      margin-left: 0.75rem;
      font-weight: 400;
    }

    .series::before {
      content: '';
      display: inline-block;
      width: 1rem;
      height: 0.2rem;
      margin-right: 0.3rem;
      vertical-align: middle;
      background: var(--tone);
    }

    .plot {
      display: grid;
      grid-template: 1fr auto / auto 1fr;
      column-gap: 0.5rem;
      height: 9rem;
      font-size: 0.85rem;
      font-variant-numeric: tabular-nums;
      text-align: right;
    }

    .bottom {
      grid-area: 2 / 1;
    }

    svg {
      grid-area: 1 / 2 / 3 / 3;
      width: 100%;
      height: 100%;
      border: 1px solid var(--line);
      border-radius: 6px;
    }

    path {
      fill: none;
      stroke: var(--tone);
      stroke-width: 2;
      vector-effect: non-scaling-stroke;
    }

    .time {
      font-size: 0.85rem;
      text-align: right;
    }
  `,
})
export class Waveform {
  readonly widget = input.required<WaveformWidget>();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly series = computed(() => {
    const { seriesNames = [], data, series } = this.widget();
    return seriesPaths(data, series, this.#range()).map((path, k) => ({
      path,
      name: seriesNames[k] ?? (series > 1 ? `series ${k + 1}` : ''),
    }));
  });
  protected readonly low = computed(() => shownNumber(this.#range().minimum, this.widget().unit));
  protected readonly high = computed(() => shownNumber(this.#range().maximum, this.widget().unit));
  /** Of all that is shown, where the camera says how long a sample takes; else how many there are. */
  protected readonly duration = computed(() => {
    const { data, series, samplePeriod } = this.widget();
    const samples = series === 0 ? 0 : data.length / series;
    return samplePeriod === undefined ? `${samples} samples` : shownNumber(samples * samplePeriod * 1000, 'ms');
  });
  protected readonly description = computed(
    () => `${this.name()}: ${this.widget().series} signals of ${this.duration()}, from ${this.low()} to ${this.high()}`,
  );
  readonly #range = computed(() => {
    const { data, minimum, maximum } = this.widget();
    const found = minimum === undefined || maximum === undefined ? rangeOf(data) : undefined;
    return { minimum: minimum ?? found?.minimum ?? 0, maximum: maximum ?? found?.maximum ?? 1 };
  });
}

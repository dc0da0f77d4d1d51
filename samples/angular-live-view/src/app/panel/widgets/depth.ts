import { ChangeDetectionStrategy, Component, computed, effect, input, viewChild, type ElementRef } from '@angular/core';
import type { DepthWidget } from 'openmv-rx/widgets';
import { shownNumber } from '../shown-number';
import { fullName } from '../widget-names';
import { COLOUR_SCALE, coloured, rangeOf } from './colour-scale';

/** A picture of distances, and what its colours mean. */
@Component({
  selector: 'omv-depth',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <figure>
      <figcaption>{{ name() }}</figcaption>
      @if (widget().data.length === 0) {
        <p class="empty">No picture yet.</p>
      } @else {
        <canvas
          #canvas
          role="img"
          [width]="widget().width"
          [height]="widget().height"
          [attr.aria-label]="name() + ', colours from ' + low() + ' to ' + high()"
        ></canvas>
        <div class="scale" aria-hidden="true">
          <span>{{ low() }}</span> <i [style.background]="gradient"></i> <span>{{ high() }}</span>
        </div>
      }
    </figure>
  `,
  styles: `
    /* Its pixels are few, and large enough as they are. */
    figure {
      max-width: 24rem;
    }

    canvas {
      display: block;
      width: 100%;
      height: auto;
      border-radius: 6px;
      image-rendering: pixelated;
    }

    .scale {
      display: flex;
      align-items: center;
      gap: 0.5rem;
      padding-top: 0.25rem;
      font-size: 0.85rem;
      font-variant-numeric: tabular-nums;
    }

    i {
      flex: 1;
      height: 0.6rem;
      border-radius: 99px;
    }
  `,
})
export class Depth {
  readonly widget = input.required<DepthWidget>();
  protected readonly gradient = COLOUR_SCALE;
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly low = computed(() => shownNumber(this.#range().minimum));
  protected readonly high = computed(() => shownNumber(this.#range().maximum));
  readonly #range = computed(() => {
    const { data, minimum, maximum } = this.widget();
    const found = minimum === undefined || maximum === undefined ? rangeOf(data) : undefined;
    return { minimum: minimum ?? found?.minimum ?? 0, maximum: maximum ?? found?.maximum ?? 1 };
  });
  protected readonly canvas = viewChild<ElementRef<HTMLCanvasElement>>('canvas');

  constructor() {
    effect(() => {
      const context = this.canvas()?.nativeElement.getContext('2d');
      const { data, width, height } = this.widget();
      if (!context || width * height === 0) return;
      const { minimum, maximum } = this.#range();
      const picture = new ImageData(width, height);
      coloured(data, minimum, maximum, picture.data);
      context.putImageData(picture, 0, 0);
    });
  }
}

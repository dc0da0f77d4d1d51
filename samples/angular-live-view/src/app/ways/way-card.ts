import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** A card of the start page: a title, a description, and the controls to connect. */
@Component({
  selector: 'omv-way-card',
  host: { class: 'card' },
  template: `
    <h2>
      {{ name() }}
      @if (isLast()) {
        <span class="quiet">– the last time</span>
      }
    </h2>
    <ng-content />
  `,
  styleUrl: './way-card.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class WayCard {
  readonly name = input.required<string>();
  readonly isLast = input.required<boolean>();
}

import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  inject,
  Injector,
  input,
  ViewEncapsulation,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Widget, Widgets, WidgetValue } from 'openmv-rx/widgets';
import { Draft } from './draft';
import { fullName } from './widget-names';
import { Depth } from './widgets/depth';
import { Label } from './widgets/label';
import { Lineedit } from './widgets/lineedit';
import { Pushbutton } from './widgets/pushbutton';
import { Radio } from './widgets/radio';
import { Select } from './widgets/select';
import { Slider } from './widgets/slider';
import { Spinbox } from './widgets/spinbox';
import { Text } from './widgets/text';
import { Toggle } from './widgets/toggle';
import { Untyped } from './widgets/untyped';
import { Waveform } from './widgets/waveform';

/** One widget of whichever type, and beneath it why the camera has not taken what it was set to. */
@Component({
  selector: 'omv-widget',
  imports: [Depth, Label, Lineedit, Pushbutton, Radio, Select, Slider, Spinbox, Text, Toggle, Untyped, Waveform],
  changeDetection: ChangeDetectionStrategy.OnPush,
  // Its parts are laid out alike, by the style sheet of the row that they stand in.
  encapsulation: ViewEncapsulation.None,
  template: `
    @let one = shown();
    @switch (one.type) {
      @case ('label') {
        <omv-label [widget]="one" />
      }
      @case ('text') {
        <omv-text [widget]="one" />
      }
      @case ('toggle') {
        <omv-toggle [widget]="one" (changed)="set($event)" />
      }
      @case ('pushbutton') {
        <omv-pushbutton [widget]="one" (clicked)="click()" />
      }
      @case ('slider') {
        <omv-slider [widget]="one" (changed)="set($event)" />
      }
      @case ('spinbox') {
        <omv-spinbox [widget]="one" (changed)="set($event)" />
      }
      @case ('select') {
        <omv-select [widget]="one" (changed)="set($event)" />
      }
      @case ('radio') {
        <omv-radio [widget]="one" (changed)="set($event)" />
      }
      @case ('lineedit') {
        <omv-lineedit [widget]="one" (changed)="set($event)" />
      }
      @case ('depth') {
        <omv-depth [widget]="one" />
      }
      @case ('waveform') {
        <omv-waveform [widget]="one" />
      }
      @case ('untyped') {
        <omv-untyped [widget]="one" />
      }
      @case ('unknown') {
        <p>
          <span class="name">{{ name() }}</span> is of a type that this page does not know:
          <code>{{ one.widgetType }}</code>
        </p>
      }
      @case ('malformed') {
        <p class="failed">This is not a widget: {{ one.error.message }}</p>
      }
    }
    @if (draft.failure(); as why) {
      <p class="failed" role="alert">{{ why }}</p>
    }
  `,
  styleUrl: './widget-row.css',
})
export class WidgetRow {
  readonly widget = input.required<Widget>();
  /** What sets it. */
  readonly widgets = input.required<Widgets>();
  /** Whether it can be set now. */
  readonly enabled = input.required<boolean>();
  readonly #destroyRef = inject(DestroyRef);
  protected readonly draft = new Draft(this.widget, this.enabled, inject(Injector));
  protected readonly shown = computed(() => this.draft.shown());
  protected readonly name = computed(() => fullName(this.widget()));

  protected set(value: WidgetValue): void {
    this.draft.set(value, this.widgets().set(this.widget().name, value).pipe(takeUntilDestroyed(this.#destroyRef)));
  }

  protected click(): void {
    this.draft.click(this.widgets().click(this.widget().name).pipe(takeUntilDestroyed(this.#destroyRef)));
  }
}

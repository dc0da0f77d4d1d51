import type { OpenMVError } from '../errors.js';
import type { WidgetRecord } from './keys.js';

/** The properties of every widget. */
export interface Named {
  /** The name, which also addresses the widget in a setting. */
  readonly name: string;
  /** SenML's base name, if the camera sends one. The full name is `baseName` and `name` together. */
  readonly baseName?: string;
  /** The other keys of its record. They are kept when the widget is encoded. */
  readonly rest?: WidgetRecord;
}

/** A text from a script. It may be HTML. */
export interface MarkupText {
  readonly text: string;
  /**
   * The vendor's IDE shows such texts as HTML, so scripts write HTML. Do not trust it: show it as text (`textContent`), or
   * through a sanitizer. This library does not interpret it.
   */
  readonly mayBeHtml: true;
}

/** Shows a number. */
export interface LabelWidget extends Named {
  readonly type: 'label';
  readonly value: number;
  readonly unit?: string;
}

/** Shows text. */
export interface TextWidget extends Named {
  readonly type: 'text';
  readonly value: MarkupText;
}

/** A switch that is on or off. */
export interface ToggleWidget extends Named {
  readonly type: 'toggle';
  readonly value: boolean;
}

/** A button without a state to show. */
export interface PushbuttonWidget extends Named {
  readonly type: 'pushbutton';
  readonly value?: boolean;
}

/** A number within limits, in steps from the minimum. Each limit is optional. */
export interface NumberWidget extends Named {
  readonly value: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
  readonly unit?: string;
}

/** A slider for a number. */
export interface SliderWidget extends NumberWidget {
  readonly type: 'slider';
}

/** A field for a number. */
export interface SpinboxWidget extends NumberWidget {
  readonly type: 'spinbox';
}

/** A choice of one text. */
export interface ChoiceWidget extends Named {
  /** One of the options. May be another text before the first choice. */
  readonly value: string;
  readonly options: readonly string[];
}

/** A choice from a drop-down list. */
export interface SelectWidget extends ChoiceWidget {
  readonly type: 'select';
}

/** A choice from radio buttons. */
export interface RadioWidget extends ChoiceWidget {
  readonly type: 'radio';
}

/** A field for one line of text. */
export interface LineeditWidget extends Named {
  readonly type: 'lineedit';
  readonly value: string;
}

/** Shows a picture of distances or other numbers. */
export interface DepthWidget extends Named {
  readonly type: 'depth';
  readonly width: number;
  readonly height: number;
  /** The rows from the top left, width · height numbers; empty before the first picture. Its own copy. */
  readonly data: Float32Array;
  /** The lowest and the highest shown number. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The samples of a waveform. The camera's type codes are, in this order, `b` `B` `h` `H` `f`. */
export type Samples = Int8Array | Uint8Array | Int16Array | Uint16Array | Float32Array;

/** Shows the newest samples of one or more signals. */
export interface WaveformWidget extends Named {
  readonly type: 'waveform';
  /** The number of signals. */
  readonly series: number;
  /**
   * The interleaved samples of all signals: sample `i` of series `k` is `data[i * series + k]`. Empty before the first samples.
   * Its own copy.
   */
  readonly data: Samples;
  readonly seriesNames?: readonly string[];
  /** The lowest and the highest number of the scale. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  /** The time between two samples, in seconds. */
  readonly samplePeriod?: number;
  /** The time when the samples were set, in microseconds of the camera. */
  readonly timeUs?: number;
}

/**
 * An entry without a type, as SenML allows. It shows its number, else its text, else its boolean. After decoding, `rest` has
 * all three under their keys 2, 3 and 4.
 */
export interface UntypedWidget extends Named {
  readonly type: 'untyped';
  readonly value: number | string | boolean | undefined;
}

/** A widget of a type that this library does not know. `rest` has its whole record. */
export interface UnknownWidget extends Named {
  readonly type: 'unknown';
  readonly widgetType: unknown;
  readonly rest: WidgetRecord;
}

/** An invalid entry, with the reason. It does not affect the other widgets. */
export interface MalformedWidget {
  readonly type: 'malformed';
  /** The name; empty if it cannot be read. */
  readonly name: string;
  /** `MALFORMED`, with the channel, the widget and the reason. */
  readonly error: OpenMVError;
  /** The invalid entry itself. */
  readonly found: unknown;
}

/** The eleven types of widgets. */
export type KnownWidget =
  | LabelWidget
  | TextWidget
  | ToggleWidget
  | PushbuttonWidget
  | SliderWidget
  | SpinboxWidget
  | SelectWidget
  | RadioWidget
  | LineeditWidget
  | DepthWidget
  | WaveformWidget;

/** An entry of a widget channel, distinguished by its `type`. */
export type Widget = KnownWidget | UntypedWidget | UnknownWidget | MalformedWidget;

/** A value that a widget can be set to. */
export type WidgetValue = number | string | boolean;

import type { OpenMVError } from '../errors.js';
import type { WidgetRecord } from './keys.js';

/** What every widget has. */
export interface Named {
  /** What the camera calls it, and is told when it is set. */
  readonly name: string;
  /** What SenML puts before the name, where the camera gives such a base: the full name is both. */
  readonly baseName?: string;
  /** What else its record holds, by key, which is written again with it. */
  readonly rest?: WidgetRecord;
}

/** Text of a script's, which may be HTML. */
export interface MarkupText {
  readonly text: string;
  /**
   * A camera's own IDE shows such a text as HTML, so scripts write it. It is whatever the script put there: show it as text
   * (`textContent`), or through a sanitizer. This library makes no document of it.
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

/** A switch. */
export interface ToggleWidget extends Named {
  readonly type: 'toggle';
  readonly value: boolean;
}

/** Does something when it is clicked, and has no state to show. */
export interface PushbuttonWidget extends Named {
  readonly type: 'pushbutton';
  readonly value?: boolean;
}

/** A number between limits, in steps from the least on. What is left out is not limited. */
export interface NumberWidget extends Named {
  readonly value: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
  readonly unit?: string;
}

/** A number to be moved. */
export interface SliderWidget extends NumberWidget {
  readonly type: 'slider';
}

/** A number to be typed. */
export interface SpinboxWidget extends NumberWidget {
  readonly type: 'spinbox';
}

/** One of several texts. */
export interface ChoiceWidget extends Named {
  /** One of the options, or none of them before the first choice. */
  readonly value: string;
  readonly options: readonly string[];
}

/** A choice from a list that opens. */
export interface SelectWidget extends ChoiceWidget {
  readonly type: 'select';
}

/** A choice from buttons. */
export interface RadioWidget extends ChoiceWidget {
  readonly type: 'radio';
}

/** A line of text to be typed. */
export interface LineeditWidget extends Named {
  readonly type: 'lineedit';
  readonly value: string;
}

/** Shows a picture of distances, or of other numbers. */
export interface DepthWidget extends Named {
  readonly type: 'depth';
  readonly width: number;
  readonly height: number;
  /** Rows from the top left, width · height of them; empty while there is no picture yet. A copy of its own. */
  readonly data: Float32Array;
  /** What is shown as the lowest and as the highest. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The samples of a waveform, by the camera's type code: `b` `B` `h` `H` `f`. */
export type Samples = Int8Array | Uint8Array | Int16Array | Uint16Array | Float32Array;

/** Shows the newest samples of one signal or several. */
export interface WaveformWidget extends Named {
  readonly type: 'waveform';
  /** How many signals there are. */
  readonly series: number;
  /**
   * The samples of all of them, interleaved: sample `i` of series `k` is `data[i * series + k]`. Empty while there are
   * none yet. A copy of its own.
   */
  readonly data: Samples;
  readonly seriesNames?: readonly string[];
  /** Of the scale. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  /** From one sample to the next, in seconds. */
  readonly samplePeriod?: number;
  /** When they were set, in microseconds of the camera. */
  readonly timeUs?: number;
}

/**
 * An entry without a type, as SenML has them: it shows its number, else its text, else its boolean. Of one that was read
 * all of them are in `rest`, by their keys 2, 3 and 4.
 */
export interface UntypedWidget extends Named {
  readonly type: 'untyped';
  readonly value: number | string | boolean | undefined;
}

/** A widget of a type that this library does not know. Its record is all in `rest`. */
export interface UnknownWidget extends Named {
  readonly type: 'unknown';
  readonly widgetType: unknown;
  readonly rest: WidgetRecord;
}

/** What is no widget, and why: the others are there nevertheless. */
export interface MalformedWidget {
  readonly type: 'malformed';
  /** Empty where that can't be read either. */
  readonly name: string;
  /** `MALFORMED`; names the channel, the widget and what was wrong. */
  readonly error: OpenMVError;
  /** What was there in its place. */
  readonly found: unknown;
}

/** The eleven widgets of a camera. */
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

/** An entry of a widget channel, told apart by its `type`. */
export type Widget = KnownWidget | UntypedWidget | UnknownWidget | MalformedWidget;

/** What a widget can be set to. */
export type WidgetValue = number | string | boolean;

import { OpenMVError } from '../errors.js';
import { shown } from './record-reader.js';
import type { SelectWidget, SliderWidget, Widget, WidgetValue } from './widget.js';

/** Of a step, by so much a number may be off: what floats make of tenths. */
const STEP_TOLERANCE = 1e-6;

/** What keeps a value from being one of a widget's kind; `undefined` where nothing does. Limits are not looked at. */
export function misfit(widget: Widget, value: unknown): string | undefined {
  switch (widget.type) {
    case 'toggle':
    case 'pushbutton':
      return typeof value === 'boolean' ? undefined : `takes true or false, not ${shown(value)}`;
    case 'slider':
    case 'spinbox':
      return Number.isFinite(value) ? undefined : `takes a number, not ${shown(value)}`;
    case 'select':
    case 'radio':
    case 'lineedit':
      return typeof value === 'string' ? undefined : `takes a text, not ${shown(value)}`;
    case 'label':
    case 'text':
    case 'depth':
    case 'waveform':
      return 'shows what the camera says, and can not be set';
    case 'untyped':
    case 'unknown':
      return isWidgetValue(value) ? undefined : `takes a number, a text, true or false, not ${shown(value)}`;
    case 'malformed':
      return `can not be set, for it is none: ${widget.error.message}`;
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the widget, when it can't be set to that. */
export function requireSettable(widget: Widget, value: WidgetValue, channel: string): void {
  const problem = misfit(widget, value) ?? outside(widget, value);
  if (problem !== undefined) throw invalid(widget, channel, problem);
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the widget, when it can't be clicked. */
export function requireButton(widget: Widget, channel: string): void {
  if (widget.type !== 'pushbutton') throw invalid(widget, channel, 'is no pushbutton, and can not be clicked');
}

function invalid({ type, name }: Widget, channel: string, problem: string): OpenMVError {
  return new OpenMVError('INVALID_ARGUMENT', `${type} '${name}' of channel '${channel}' ${problem}`);
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when there is no widget of that name. */
export function widgetNamed(widgets: readonly Widget[], name: string, channel: string): Widget {
  const widget = widgets.find((one) => one.name === name);
  if (widget !== undefined) return widget;
  const names = widgets.map((one) => `'${one.name}'`).join(', ');
  throw new OpenMVError('INVALID_ARGUMENT', `channel '${channel}' has no widget '${name}'; it has ${names || 'none'}`);
}

function outside(widget: Widget, value: WidgetValue): string | undefined {
  switch (widget.type) {
    case 'slider':
    case 'spinbox':
      return outOfRange(widget, value as number);
    case 'select':
    case 'radio':
      return notAnOption(widget, value as string);
    case 'pushbutton':
      return 'is clicked, and not set: see click()';
    default:
      return undefined;
  }
}

function outOfRange(widget: Pick<SliderWidget, 'minimum' | 'maximum' | 'step'>, value: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity, step = 0 } = widget;
  if (value < minimum || value > maximum) return `goes from ${minimum} to ${maximum}: ${value} is out of that`;
  const from = Number.isFinite(minimum) ? minimum : 0;
  const steps = (value - from) / step;
  if (!(step > 0) || Math.abs(steps - Math.round(steps)) <= STEP_TOLERANCE) return undefined;
  const [below, above] = [from + Math.floor(steps) * step, from + Math.ceil(steps) * step];
  return `goes in steps of ${step} from ${from}: ${value} is between ${below} and ${above}`;
}

function notAnOption({ options }: Pick<SelectWidget, 'options'>, value: string): string | undefined {
  if (options.includes(value)) return undefined;
  return `has the options ${options.map((option) => shown(option)).join(', ') || '(none)'}, and not ${shown(value)}`;
}

function isWidgetValue(value: unknown): value is WidgetValue {
  return typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
}

import { OpenMVError } from '../errors.js';
import { shown } from './record-reader.js';
import type { SelectWidget, SliderWidget, Widget, WidgetValue } from './widget.js';

/** The part of a step by which a number may be off, because floats are inexact. */
const STEP_TOLERANCE = 1e-6;

/** The reason why a value does not have the type of a widget; `undefined` if it does. Limits are not checked. */
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
      return 'only shows a value, and cannot be set';
    case 'untyped':
    case 'unknown':
      return isWidgetValue(value) ? undefined : `takes a number, a text, true or false, not ${shown(value)}`;
    case 'malformed':
      return `cannot be set, because it is invalid: ${widget.error.message}`;
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` with the name of the widget, when it cannot be set to this value. */
export function requireSettable(widget: Widget, value: WidgetValue, channel: string): void {
  const problem = misfit(widget, value) ?? outside(widget, value);
  if (problem !== undefined) throw invalid(widget, channel, problem);
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` with the name of the widget, when it cannot be clicked. */
export function requireButton(widget: Widget, channel: string): void {
  if (widget.type !== 'pushbutton') throw invalid(widget, channel, 'is not a pushbutton, and cannot be clicked');
}

function invalid({ type, name }: Widget, channel: string, problem: string): OpenMVError {
  return new OpenMVError('INVALID_ARGUMENT', `${type} '${name}' of channel '${channel}' ${problem}`);
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when no widget has this name. */
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
      return 'cannot be set: use click()';
    default:
      return undefined;
  }
}

function outOfRange(widget: Pick<SliderWidget, 'minimum' | 'maximum' | 'step'>, value: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity, step = 0 } = widget;
  if (value < minimum || value > maximum) return `goes from ${minimum} to ${maximum}, not to ${value}`;
  const from = Number.isFinite(minimum) ? minimum : 0;
  const steps = (value - from) / step;
  if (!(step > 0) || Math.abs(steps - Math.round(steps)) <= STEP_TOLERANCE) return undefined;
  const [below, above] = [from + Math.floor(steps) * step, from + Math.ceil(steps) * step];
  return `goes in steps of ${step} from ${from}: ${value} is between ${below} and ${above}`;
}

function notAnOption({ options }: Pick<SelectWidget, 'options'>, value: string): string | undefined {
  if (options.includes(value)) return undefined;
  return `has the options ${options.map((option) => shown(option)).join(', ') || '(none)'}, not ${shown(value)}`;
}

function isWidgetValue(value: unknown): value is WidgetValue {
  return typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
}

import type {
  DepthWidget,
  LabelWidget,
  LineeditWidget,
  PushbuttonWidget,
  RadioWidget,
  SelectWidget,
  SliderWidget,
  SpinboxWidget,
  TextWidget,
  ToggleWidget,
  WaveformWidget,
  Widget,
} from '../widgets/widget.js';
import { WidgetChannel } from '../widgets/widget-channel.js';

const DEPTH = { width: 32, height: 24, nearest: 200, furthest: 1000 } as const;
const SAMPLES = 64;
const SAMPLES_PER_SECOND = 200;
const HIGHEST = 1000;

/** The widgets that a host can set. The others follow from them. */
interface Settings {
  readonly running: ToggleWidget;
  readonly gain: SliderWidget;
  readonly rate: SpinboxWidget;
  readonly shape: SelectWidget;
  readonly unit: RadioWidget;
  readonly title: LineeditWidget;
}

/**
 * The channel `controls` of a virtual camera: one of each of the eleven widgets, with a waveform and a depth picture that
 * move. It runs no timer, because its content follows from the time and from the settings of hosts.
 *
 * - `running` (toggle) stops and continues the motion, and `restart` (pushbutton) starts it over;
 * - `gain` (slider) is the height of the waveform, `rate` (spinbox) its periods per second, `shape` (select) its form;
 * - `unit` (radio) is the unit of `temperature` (label), and `title` (lineedit) appears in `status` (text), which is HTML;
 * - `signal` (waveform) has two series, and `distance` (depth) shows a circling ball.
 *
 * @param now returns milliseconds
 */
export function controls(now: () => number): WidgetChannel {
  const settings = (): Settings =>
    Object.fromEntries(channel.widgets.map((widget) => [widget.name, widget])) as unknown as Settings;
  let elapsedMs = 0;
  let last = now();
  let running = INITIAL.running.value;
  const advance = (): void => {
    const at = now();
    if (running) elapsedMs += at - last;
    last = at;
    running = settings().running.value;
  };
  const channel = new WidgetChannel([...FIRST, ...outputsAt(0, INITIAL)], {
    refresh: () => {
      advance();
      for (const widget of outputsAt(elapsedMs / 1000, settings())) channel.put(widget);
    },
  });
  channel.changes$.subscribe(({ name }) => {
    advance();
    if (name === RESTART.name) elapsedMs = 0;
  });
  return channel;
}

const RESTART: PushbuttonWidget = { type: 'pushbutton', name: 'restart', value: false };

const INITIAL: Settings = {
  running: { type: 'toggle', name: 'running', value: true },
  gain: { type: 'slider', name: 'gain', value: 0.5, minimum: 0, maximum: 1, step: 0.05 },
  rate: { type: 'spinbox', name: 'rate', value: 2, minimum: 1, maximum: 20, step: 1, unit: 'Hz' },
  shape: { type: 'select', name: 'shape', value: 'sine', options: ['sine', 'square', 'sawtooth'] },
  unit: { type: 'radio', name: 'unit', value: '°C', options: ['°C', '°F'] },
  title: { type: 'lineedit', name: 'title', value: 'Controls' },
};

const FIRST: readonly Widget[] = [
  INITIAL.running,
  RESTART,
  INITIAL.gain,
  INITIAL.rate,
  INITIAL.shape,
  INITIAL.unit,
  INITIAL.title,
];

function outputsAt(
  seconds: number,
  settings: Settings,
): readonly [LabelWidget, TextWidget, WaveformWidget, DepthWidget] {
  const celsius = 40 + 5 * Math.sin(seconds / 10);
  const unit = settings.unit.value;
  return [
    { type: 'label', name: 'temperature', value: unit === '°F' ? 32 + 1.8 * celsius : celsius, unit },
    {
      type: 'text',
      name: 'status',
      value: { text: `<b>${escaped(settings.title.value)}</b> for ${seconds.toFixed(0)} s`, mayBeHtml: true },
    },
    signal(seconds, settings),
    distance(seconds),
  ];
}

/** Two series: the second lags a quarter of a period behind the first. */
function signal(seconds: number, { gain, rate, shape }: Settings): WaveformWidget {
  const data = new Int16Array(2 * SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    const periods = (seconds + i / SAMPLES_PER_SECOND) * rate.value;
    data[2 * i] = HIGHEST * gain.value * wave(shape.value, periods);
    data[2 * i + 1] = HIGHEST * gain.value * wave(shape.value, periods - 0.25);
  }
  return {
    type: 'waveform',
    name: 'signal',
    series: 2,
    data,
    seriesNames: ['first', 'second'],
    minimum: -HIGHEST,
    maximum: HIGHEST,
    unit: 'mV',
    samplePeriod: 1 / SAMPLES_PER_SECOND,
    timeUs: Math.round(seconds * 1e6),
  };
}

function wave(shape: string, periods: number): number {
  const part = periods - Math.floor(periods);
  if (shape === 'square') return part < 0.5 ? 1 : -1;
  return shape === 'sawtooth' ? 2 * part - 1 : Math.sin(2 * Math.PI * part);
}

/** A ball that circles in front of a wall. Its radius is a quarter of the picture's height. */
function distance(seconds: number): DepthWidget {
  const { width, height, nearest, furthest } = DEPTH;
  const [x, y, radius] = [
    (width + height * Math.cos(seconds)) / 2,
    (height * (1 + Math.sin(seconds) / 2)) / 2,
    height / 4,
  ];
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const across = Math.hypot((i % width) - x, Math.floor(i / width) - y) / radius;
    return across < 1 ? furthest - (furthest - nearest) * Math.sqrt(1 - across * across) : furthest;
  });
  return { type: 'depth', name: 'distance', width, height, data, minimum: nearest, maximum: furthest };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

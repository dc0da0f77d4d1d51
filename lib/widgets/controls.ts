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
} from './widget.js';
import { WidgetChannel } from './widget-channel.js';

const DEPTH = { width: 32, height: 24, nearest: 200, furthest: 1000 } as const;
const SAMPLES = 64;
const SAMPLES_PER_SECOND = 200;
const HIGHEST = 1000;

/** What a host can set, and the rest follows. */
interface Settings {
  readonly running: ToggleWidget;
  readonly gain: SliderWidget;
  readonly rate: SpinboxWidget;
  readonly shape: SelectWidget;
  readonly unit: RadioWidget;
  readonly title: LineeditWidget;
}

/**
 * A widget channel with one of each of the eleven widgets, for a virtual camera to demonstrate: a waveform and a picture of
 * distances that move, and controls that change them. It is a function of the time that `now` tells and of what hosts
 * have set, so it runs no timer.
 *
 * - `running` (toggle) lets time pass for it, and `restart` (pushbutton) begins anew;
 * - `gain` (slider) is the height of the waveform, `rate` (spinbox) its periods a second, `shape` (select) its form;
 * - `unit` (radio) is that of `temperature` (label), `title` (lineedit) stands in `status` (text), which is HTML;
 * - `signal` (waveform) has two series, `distance` (depth) a ball that circles.
 *
 * @param now milliseconds
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { ChannelFlag } from 'openmv-rx/protocol';
 * import { VirtualCamera } from 'openmv-rx/virtual';
 * import { controls, widgets } from 'openmv-rx/widgets';
 *
 * const camera = new VirtualCamera();
 * // Without the flag DYNAMIC it stays when the script ends.
 * const flags = ChannelFlag.READ | ChannelFlag.WRITE;
 * camera.device.register('controls', controls(() => performance.now()), flags);
 * widgets(new Camera(camera.transport()), 'controls').widgets$.subscribe((all) => console.log(all.length)); // 11
 * ```
 */
export function controls(now: () => number): WidgetChannel {
  const settings = (): Settings =>
    Object.fromEntries(channel.widgets.map((widget) => [widget.name, widget])) as unknown as Settings;
  let passedMs = 0;
  let last = now();
  let running = INITIAL.running.value;
  const pass = (): void => {
    const at = now();
    if (running) passedMs += at - last;
    last = at;
    running = settings().running.value;
  };
  const channel = new WidgetChannel([...FIRST, ...shownAt(0, INITIAL)], {
    refresh: () => {
      pass();
      for (const widget of shownAt(passedMs / 1000, settings())) channel.put(widget);
    },
  });
  channel.changes$.subscribe(({ name }) => {
    pass();
    if (name === RESTART.name) passedMs = 0;
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

function shownAt(seconds: number, settings: Settings): readonly [LabelWidget, TextWidget, WaveformWidget, DepthWidget] {
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

/** Two series, the second a quarter of a period behind the first. */
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

/** A ball of a quarter of the picture's height, which circles before a wall. */
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

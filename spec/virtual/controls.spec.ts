import { controls } from '../../lib/virtual/controls.js';
import type { Widget } from '../../lib/widgets/widget.js';
import { decodeWidgets } from '../../lib/widgets/widget-list.js';
import { channel, float, int, NO, record, text, YES } from '../widgets/hand-cbor.js';

type Of<T extends Widget['type']> = Extract<Widget, { type: T }>;

/** The controls at a time that a spec sets, read as a host does. */
class Controls {
  at = 1_000_000;
  readonly channel = controls(() => this.at);

  read(): Widget[] {
    return decodeWidgets(this.channel.read(0, this.channel.size()), 'controls');
  }

  widget<T extends Widget['type']>(type: T): Of<T> {
    return this.read().find((widget): widget is Of<T> => widget.type === type)!;
  }

  set(name: string, value: readonly number[]): void {
    this.channel.write(0, channel(record({ 0: text(name), 2: value })));
  }
}

describe('controls', () => {
  it('is one of each widget, none of them malformed', () => {
    expect(new Controls().read().map(({ type }) => type).sort()).toEqual([
      'depth', 'label', 'lineedit', 'pushbutton', 'radio', 'select', 'slider', 'spinbox', 'text', 'toggle', 'waveform',
    ]); // prettier-ignore
  });

  it('is the same at the same time, and moves with it', () => {
    const [one, other] = [new Controls(), new Controls()];
    expect(one.read()).toEqual(other.read());
    one.at += 470;
    expect(one.widget('waveform').data).not.toEqual(other.widget('waveform').data);
    expect(one.widget('depth').data).not.toEqual(other.widget('depth').data);
    other.at += 470;
    expect(one.read()).toEqual(other.read());
  });

  it('has as many samples and pixels as it says, inside of their limits', () => {
    const { data, series, minimum, maximum, samplePeriod } = new Controls().widget('waveform');
    expect([data.length, series, samplePeriod]).toEqual([128, 2, 1 / 200]);
    for (const sample of data) expect(sample >= minimum! && sample <= maximum!).toBe(true);
    const depth = new Controls().widget('depth');
    expect([depth.data.length, depth.width, depth.height]).toEqual([32 * 24, 32, 24]);
    expect([Math.max(...depth.data), Math.min(...depth.data) < 300]).toEqual([1000, true]);
  });

  it('makes the waveform as high, as fast and of the form that is set', () => {
    const camera = new Controls();
    camera.at += 250;
    camera.set('gain', int(1));
    camera.set('shape', text('square'));
    expect(new Set(camera.widget('waveform').data)).toEqual(new Set([1000, -1000]));
    camera.set('gain', float(0.25));
    expect(new Set(camera.widget('waveform').data)).toEqual(new Set([250, -250]));
    const changes = (): number =>
      camera.widget('waveform').data.filter((sample, i, all) => i >= 2 && sample !== all[i - 2]).length;
    camera.set('rate', int(2));
    const slow = changes();
    camera.set('rate', int(20));
    expect(changes()).toBeGreaterThan(5 * slow);
  });

  it('stands still while it does not run, and begins anew when it is told to', () => {
    const camera = new Controls();
    const time = (): number => camera.widget('waveform').timeUs!;
    camera.at += 1000;
    camera.set('running', NO!);
    camera.at += 5000;
    expect(time()).toBe(1_000_000);
    camera.set('running', YES!);
    camera.at += 500;
    expect(time()).toBe(1_500_000);
    camera.set('restart', YES!);
    expect(time()).toBe(0);
    camera.at += 10;
    expect(time()).toBe(10_000);
  });

  it('shows the unit that is chosen, and the title as text in its HTML', () => {
    const camera = new Controls();
    const celsius = camera.widget('label').value;
    camera.set('unit', text('°F'));
    expect(camera.widget('label')).toMatchObject({ unit: '°F' });
    expect(camera.widget('label').value).toBeCloseTo(32 + 1.8 * celsius, 9);
    camera.set('title', text('<script>&amp;'));
    expect(camera.widget('text').value).toEqual({ text: '<b>&lt;script>&amp;amp;</b> for 0 s', mayBeHtml: true });
  });
});

import { OpenMVError, type Transport } from 'openmv-rx';
import type { Backend } from 'openmv-rx/device';
import { ChannelFlag, NOTIFY } from 'openmv-rx/protocol';
import { VirtualCamera } from 'openmv-rx/virtual';
import { WidgetChannel, type Widget, type WidgetChange } from 'openmv-rx/widgets';
import type { Locator, Page } from 'playwright-core';
import { BehaviorSubject, filter, firstValueFrom, ReplaySubject, switchMap, throwError, type Observable } from 'rxjs';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { entries } from './support/angular-page.js';
import { AngularSite } from './support/angular-site.js';

/** Without DYNAMIC, so that they stay when a script ends. */
const READ_AND_WRITTEN = ChannelFlag.READ | ChannelFlag.WRITE;

const HTML =
  '<b>bold</b> &amp; 1 < 2<br><img src="nothing" onerror="document.title = \'run\'">next<script>document.title = "run"</script>';

/** One of each of the eleven, and three that are none of them. */
const WIDGETS: readonly Widget[] = [
  { type: 'label', name: 'temperature', value: 0.1 + 0.2, unit: 'Cel' },
  { type: 'text', name: 'notice', value: { text: HTML, mayBeHtml: true } },
  { type: 'toggle', name: 'mirror', value: false },
  { type: 'pushbutton', name: 'calibrate', value: false },
  { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 0.5, unit: 'dB' },
  { type: 'spinbox', name: 'rate', value: 20, minimum: 10, maximum: 50, step: 5, unit: 'Hz' },
  { type: 'select', name: 'mode', value: 'fast', options: ['slow', 'fast', 'faster'] },
  { type: 'radio', name: 'colour', value: 'red', options: ['red', 'green'] },
  { type: 'lineedit', name: 'title', value: 'Bench' },
  {
    type: 'depth',
    name: 'distance',
    width: 2,
    height: 1,
    data: new Float32Array([100, 900]),
    minimum: 100,
    maximum: 900,
  },
  {
    type: 'waveform',
    name: 'signal',
    series: 2,
    data: new Int16Array([0, 10, 5, 5, 10, 0]),
    seriesNames: ['rising', 'falling'],
    minimum: 0,
    maximum: 10,
    unit: 'mV',
    samplePeriod: 0.01,
  },
  { type: 'untyped', name: 'humidity', value: 55.5, rest: new Map([[2, 55.5]]) },
  { type: 'unknown', name: 'needle', widgetType: 'gauge', rest: new Map([[2, 1]]) },
  {
    type: 'malformed',
    name: 'broken',
    error: undefined as never,
    found: new Map<number, string>([
      [0, 'broken'],
      [-30, 'label'],
    ]),
  },
];

/** A back-end that counts what is asked of it, and refuses what a spec wants refused. */
function watched(backend: WidgetChannel) {
  const counts = { reads: 0, writes: 0 };
  const watching = {
    counts,
    refuses: false,
    poll: () => backend.poll(),
    size: () => backend.size(),
    read: (offset: number, size: number) => (counts.reads++, backend.read(offset, size)),
    write: (offset: number, data: Uint8Array) => (counts.writes++, watching.refuses ? 0 : backend.write(offset, data)),
  };
  return watching satisfies Backend;
}

/** A way to a camera that is unplugged and plugged in again. */
function pluggable(transport: Transport, isPluggedIn$: Observable<boolean>): Transport {
  return {
    name: transport.name,
    open: () =>
      isPluggedIn$.pipe(
        switchMap((isIn) =>
          isIn ? transport.open() : throwError(() => new OpenMVError('PORT_UNAVAILABLE', 'the camera is unplugged')),
        ),
      ),
  };
}

describe('the panel of the Angular sample', () => {
  const virtual = new VirtualCamera();
  const widgets = new WidgetChannel(WIDGETS);
  const backend = watched(widgets);
  const channel = virtual.device.register('bench', backend, READ_AND_WRITTEN);
  const readOnly = watched(new WidgetChannel([{ type: 'label', name: 'pressure', value: 1013, unit: 'hPa' }]));
  const { poll, size, read } = readOnly;
  virtual.device.register('readings', { poll, size, read }, ChannelFlag.READ);
  const isPluggedIn$ = new BehaviorSubject(true);
  const changes$ = new ReplaySubject<WidgetChange>();
  widgets.changes$.subscribe(changes$);

  let site: AngularSite;
  let camera: Bridged;
  let page: Page;
  let panel: Locator;
  let bench: Locator;

  const isSet = (name: string, value: unknown) =>
    firstValueFrom(changes$.pipe(filter((change) => change.name === name && change.value === value)));
  const refusal = (role: 'slider' | 'switch' | 'spinbutton', name: string) =>
    bench.locator('omv-widget', { has: page.getByRole(role, { name }) }).getByRole('alert');
  const put = (widget: Widget) => {
    widgets.put(widget);
    channel.sendEvent(NOTIFY);
  };

  beforeAll(async () => {
    site = await AngularSite.start();
    camera = await bridged(pluggable(virtual.transport(), isPluggedIn$));
    page = await site.open({ query: camera.query });
    panel = page.locator('omv-panel');
    bench = panel.getByRole('group', { name: 'bench', exact: true });
    await bench.waitFor();
  });

  afterAll(async () => {
    camera.close();
    await site.close();
  });

  it('shows those that only show something, with their units, scales and names', async () => {
    await bench.locator('omv-label', { hasText: 'temperature' }).getByText('0.3 Cel', { exact: true }).waitFor();
    await bench.locator('omv-untyped', { hasText: 'humidity' }).getByText('55.5', { exact: true }).waitFor();
    const depth = bench.getByRole('img', { name: 'distance, colours from 100 to 900' });
    const [near, far] = await depth.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, 2, 1);
      return [Array.from(data.slice(0, 4)), Array.from(data.slice(4))];
    });
    expect({ near, far }).toEqual({ near: [68, 1, 84, 255], far: [253, 231, 37, 255] });
    const signal = bench.getByRole('img', { name: 'signal: 2 signals of 30 ms, from 0 mV to 10 mV' });
    expect(await signal.locator('path').evaluateAll((paths) => paths.map((path) => path.getAttribute('d')))).toEqual([
      'M0.0000 1.0000L0.5000 0.5000L1.0000 0.0000',
      'M0.0000 0.0000L0.5000 0.5000L1.0000 1.0000',
    ]);
    expect(await bench.locator('omv-waveform .series').allInnerTexts()).toEqual(['rising', 'falling']);
  });

  it('shows those that can be set with what they are set to', async () => {
    expect(await bench.getByRole('switch', { name: 'mirror' }).isChecked()).toBe(false);
    expect(await bench.getByRole('slider', { name: 'gain' }).getAttribute('aria-valuetext')).toBe('3 dB');
    expect(await bench.getByRole('spinbutton', { name: 'rate' }).inputValue()).toBe('20');
    expect(await bench.getByRole('combobox', { name: 'mode' }).inputValue()).toBe('fast');
    expect(await bench.getByRole('radio', { name: 'red' }).isChecked()).toBe(true);
    expect(await bench.getByRole('textbox', { name: 'title' }).inputValue()).toBe('Bench');
    expect(await bench.getByRole('button', { name: 'calibrate' }).isEnabled()).toBe(true);
  });

  it('shows the text of HTML, and loads and runs nothing of it', async () => {
    expect(await bench.locator('omv-text p').textContent()).toBe('bold & 1 < 2\nnext');
    expect(await bench.locator('omv-text :is(b, img, script)').count()).toBe(0);
    expect(await page.title()).not.toBe('run');
  });

  it('says what it does not know, and why something is no widget', async () => {
    await bench.getByText('needle is of a type that this page does not know: gauge').waitFor();
    const why = await bench.getByText('This is not a widget').innerText();
    expect(why).toContain("'broken'");
    expect(why).toContain('has no value (key 2)');
  });

  it('sets each of those that can be set by keyboard, and the camera has it', async () => {
    await bench.getByRole('switch', { name: 'mirror' }).press('Space');
    await isSet('mirror', true);
    await bench.getByRole('button', { name: 'calibrate' }).press('Enter');
    await isSet('calibrate', true);
    await bench.getByRole('slider', { name: 'gain' }).press('ArrowRight');
    await isSet('gain', 3.5);
    await bench.getByRole('spinbutton', { name: 'rate' }).press('ArrowUp');
    await isSet('rate', 25);
    await bench.getByRole('combobox', { name: 'mode' }).press('ArrowDown');
    await isSet('mode', 'faster');
    await bench.getByRole('radio', { name: 'red' }).press('ArrowDown');
    await isSet('colour', 'green');
    await bench.getByRole('textbox', { name: 'title' }).fill('Tëst ✓');
    await bench.getByRole('textbox', { name: 'title' }).press('Enter');
    await isSet('title', 'Tëst ✓');
    expect(widgets.get('gain')).toMatchObject({ value: 3.5 });
    expect(await bench.getByRole('slider', { name: 'gain' }).getAttribute('aria-valuetext')).toBe('3.5 dB');
  });

  it('shows what the camera itself changes', async () => {
    put({ type: 'slider', name: 'gain', value: 8, minimum: 0, maximum: 20, step: 0.5, unit: 'dB' });
    await bench.locator('[aria-valuetext="8 dB"]').waitFor();
    const slider = bench.getByRole('slider', { name: 'gain' });
    expect(await slider.evaluate(({ value, max }: HTMLInputElement) => ({ value, max }))).toEqual({
      value: '8',
      max: '20',
    });
    put({ type: 'toggle', name: 'mirror', value: false });
    await bench.locator('input[role=switch]:not(:checked)').waitFor();
  });

  it('does not change a field under the fingers of who types in it', async () => {
    const title = bench.getByRole('textbox', { name: 'title' });
    await title.fill('half');
    put({ type: 'lineedit', name: 'title', value: 'of the camera' });
    put({ type: 'label', name: 'temperature', value: 41 });
    await bench.getByText('41', { exact: true }).waitFor();
    expect(await title.inputValue()).toBe('half');
    await title.press('Enter');
    await isSet('title', 'half');
  });

  it('shows a fast move at once, and writes one value at a time and the last one', async () => {
    const before = backend.counts.writes;
    const shown = await bench.getByRole('slider', { name: 'gain' }).evaluate(async (slider: HTMLInputElement) => {
      for (let value = 0; value <= 20; value += 0.5) {
        slider.value = String(value);
        slider.dispatchEvent(new Event('input'));
      }
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return slider.getAttribute('aria-valuetext');
    });
    expect(shown).toBe('20 dB');
    await isSet('gain', 20);
    expect(backend.counts.writes - before).toBeLessThan(10);
  });

  it('says beside the widget why the camera does not take a value, and shows the one that it has', async () => {
    const slider = bench.getByRole('slider', { name: 'gain' });
    await bench.locator('[aria-valuetext="20 dB"]').waitFor();
    backend.refuses = true;
    await slider.press('Home');
    await refusal('slider', 'gain').waitFor();
    await bench.locator('[aria-valuetext="20 dB"]').waitFor();
    expect(await slider.inputValue()).toBe('20');
    await bench.getByRole('switch', { name: 'mirror' }).press('Space');
    await refusal('switch', 'mirror').waitFor();
    await bench.locator('input[role=switch]:not(:checked)').waitFor();
    backend.refuses = false;
    await slider.press('ArrowLeft');
    await isSet('gain', 19.5);
    await refusal('slider', 'gain').waitFor({ state: 'detached' });
  });

  it.each([
    ['99', 'goes from 10 to 50'],
    ['12', 'goes in steps of 5 from 10: 12 is between 10 and 15'],
    ['', 'takes a number'],
  ])('says why %j is nothing to be set to', async (typed, why) => {
    const rate = bench.getByRole('spinbutton', { name: 'rate' });
    await rate.fill(typed);
    await rate.press('Enter');
    await refusal('spinbutton', 'rate').filter({ hasText: why }).waitFor();
    await page.waitForFunction((field) => (field as HTMLInputElement).value === '25', await rate.elementHandle());
  });

  it('reads by itself only what can be written, too, for other readings may take something away', async () => {
    expect(readOnly.counts.reads).toBe(0);
    expect(await panel.getByRole('group', { name: /^(readings|config|imu|frame)$/ }).count()).toBe(0);
  });

  it('shows a channel that is named, to look at where it can not be written', async () => {
    await panel.getByRole('combobox', { name: 'Another channel' }).fill('readings');
    await panel.getByRole('button', { name: 'Show' }).press('Enter');
    const readings = panel.getByRole('group', { name: 'readings' });
    await readings.getByText('1013 hPa').waitFor();
    await panel.getByRole('button', { name: 'Remove readings' }).click();
    await readings.waitFor({ state: 'detached' });
  });

  it('says of a channel that it holds no widgets, or that there is none', async () => {
    await panel.getByRole('combobox', { name: 'Another channel' }).fill('config');
    await panel.getByRole('button', { name: 'Show' }).click();
    await panel.getByRole('group', { name: 'config' }).getByText('This channel holds no widgets').waitFor();
    await panel.getByRole('combobox', { name: 'Another channel' }).fill('nothing');
    await panel.getByRole('button', { name: 'Show' }).click();
    await panel.getByText('The camera has no channel nothing now').waitFor();
    await panel.getByRole('button', { name: 'Remove config' }).click();
    await panel.getByRole('button', { name: 'Remove nothing' }).click();
  });

  it("counts a channel's events that repeat, in one line of the log", async () => {
    for (let times = 0; times < 30; times++) {
      channel.sendEvent(7);
      channel.sendEvent(8);
    }
    await entries(page, 'omv-event-log').getByText('bench: event 7 × 30').waitFor();
    await entries(page, 'omv-event-log').getByText('bench: event 8 × 30').waitFor();
    expect(await entries(page, 'omv-event-log').filter({ hasText: 'bench: event' }).count()).toBe(2);
  });

  it('shows the channels of a script as long as it runs', async () => {
    const controls = panel.getByRole('group', { name: 'controls' });
    await controls.waitFor();
    const [run, stop] = ['Run', 'Stop'].map((name) => page.getByRole('button', { name, exact: true }));
    // The camera's own main script ends without a reboot, and leaves its channels; one that was sent does not.
    await stop!.click();
    await run!.click();
    await stop!.click();
    await controls.waitFor({ state: 'detached' });
    await bench.waitFor();
    await run!.click();
    await controls.waitFor();
  });

  it('can not be set while the link is down, says so, and goes on with what the camera has then', async () => {
    isPluggedIn$.next(false);
    await panel.getByText("The camera's connection is").waitFor();
    expect(await bench.getByRole('slider', { name: 'gain' }).isDisabled()).toBe(true);
    widgets.put({ type: 'slider', name: 'gain', value: 1, minimum: 0, maximum: 20, step: 0.5, unit: 'dB' });
    isPluggedIn$.next(true);
    await bench.locator('[aria-valuetext="1 dB"]').waitFor();
    expect(await bench.getByRole('slider', { name: 'gain' }).isEnabled()).toBe(true);
  });

  it('had nothing to complain about in the page', () => {
    expect(site.complaints.filter((text) => !text.includes('WebSocket'))).toEqual([]);
  });
});

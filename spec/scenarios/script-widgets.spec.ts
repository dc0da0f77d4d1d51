import type { Widget } from '../../lib/widgets/widget.js';
import { widgets } from '../../lib/widgets/widgets.js';
import { Bench } from './test-bench.js';

const SCRIPT = `
import time
import protocol

def on_write(channel, name, value):
    print(name, "is now", value)
    channel[name] = value

panel = protocol.CBORChannel(on_write=on_write)
panel.add("gain", type="slider", value=3, min=0, max=10, step=0.5, unit="dB")
panel.add("count", type="label")
protocol.register(name="panel", backend=panel)

i = 0
while True:
    i += 1
    panel["count"] = i
    print(f"gain {panel['gain']}")
    time.sleep(1)
`;

function started() {
  const bench = new Bench({ stdoutIntervalMs: false });
  let text = '';
  let names: readonly string[] = [];
  bench.camera.stdout$.subscribe((piece) => (text += piece));
  bench.camera.channels$.subscribe((channels) => (names = channels.map(({ name }) => name)));
  bench.camera.run(SCRIPT).subscribe();
  bench.pass(1000);
  const taken = () => {
    const taken = text;
    text = '';
    return taken;
  };
  return { bench, taken, names: () => names, panel: widgets(bench.camera, 'panel') };
}

describe("the widgets of a virtual camera's script", () => {
  it('are shown to the host, which sets one, and the script prints the new value; they go when it is stopped', () => {
    const { bench, taken, names, panel } = started();
    let shown: readonly Widget[] = [];
    panel.widgets$.subscribe((all) => (shown = all));
    bench.pass(200);
    expect(names()).toContain('panel');
    expect(shown).toEqual([
      { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 0.5, unit: 'dB' },
      { type: 'label', name: 'count', value: expect.any(Number) as number },
    ]);
    expect(taken()).toContain('gain 3\r\n');

    let set = false;
    panel.set('gain', 7.5).subscribe({ complete: () => (set = true) });
    bench.pass(3000);
    expect(set).toBe(true);
    expect(taken()).toMatch(/gain is now 7\.5\r\n(gain 7\.5\r\n)+$/u);
    expect(shown[0]).toMatchObject({ name: 'gain', value: 7.5 });

    bench.camera.stop().subscribe();
    bench.pass(1000);
    expect(names()).not.toContain('panel');
    expect(names()).toContain('stdin');
  });

  it('change as the script sets them', () => {
    const { bench, panel } = started();
    const counts: unknown[] = [];
    panel.widgets$.subscribe((all) =>
      counts.push(...all.filter(({ name }) => name === 'count').map((one) => 'value' in one && one.value)),
    );
    bench.pass(5000);
    expect(counts.length).toBeGreaterThan(3);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => Number(a) - Number(b)));
  });

  it('stay away from what is set to none of their values', () => {
    const { bench, taken, panel } = started();
    bench.pass(100);
    taken();
    let failure: unknown;
    panel.set('gain', 11).subscribe({ error: (error: unknown) => (failure = error) });
    bench.pass(1000);
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(taken()).not.toContain('is now');
  });
});

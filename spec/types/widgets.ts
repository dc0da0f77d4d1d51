import { misjudged } from './compiled.js';

const head = [
  "import type { Camera } from 'openmv-rx'; import { Device } from 'openmv-rx/device';",
  "import { cbor, WidgetChannel, widgets, type Widget } from 'openmv-rx/widgets';",
  'declare const camera: Camera; declare const widget: Widget; declare const element: HTMLElement;',
  'interface Reading { readonly temperature: number; readonly humidity?: number }',
].join(' ');

describe('the types of widgets', () => {
  it('fit a camera and a device, and are told apart by their type', () => {
    const compile = [
      'widgets(camera, "controls").set("gain", 5).subscribe({ complete: () => undefined });',
      'new Device().register("controls", new WidgetChannel([{ type: "toggle", name: "on", value: true }]));',
      'if (widget.type === "slider") widget.value.toFixed(widget.step);',
      'if (widget.type === "text") element.textContent = widget.value.text;',
      'if (widget.type === "depth") widget.data.subarray(widget.width);',
      'if (widget.type === "malformed") widget.error.code;',
      'camera.channel("climate", cbor<Reading>({ temperature: 1, humidity: 2 })).write({ temperature: 1 });',
      'camera.channel("climate", cbor<readonly Reading[]>({ temperature: 1, humidity: 2 })).value$;',
      'camera.channel("any", cbor<Map<number, unknown>[]>()).write([new Map([[0, "x"]])]);',
    ];
    const reject = [
      'widget.value;',
      'if (widget.type === "text") element.innerHTML = widget.value;',
      'if (widget.type === "toggle") widget.value.toFixed();',
      'widgets(camera, "controls").set("gain", [5]);',
      'new WidgetChannel([{ type: "slider", name: "gain" }]);',
      'new WidgetChannel([{ type: "text", name: "note", value: "x" }]);',
      'cbor<Reading>({ temperature: 1 });',
      'cbor<Reading>({ temperature: 1, humidity: 2, pressure: 3 });',
      'cbor<Reading>({ temperature: "t", humidity: 2 });',
    ];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  }, 60_000);
});

// First, for it brings what tsyringe needs.
import { CAMERA_OPTIONS, cameraContainer, LOGGER, SCHEDULER, TRANSPORT } from '../lib/container.js';
import { firstValueFrom } from 'rxjs';
import { container as root } from 'tsyringe';
import { Camera, type Transport } from '../lib/index.js';
import { VirtualCamera } from '../lib/virtual/index.js';
import { Clock } from './device/clock.js';

const virtual = (): Transport => new VirtualCamera({ stdoutIntervalMs: false }).transport();

describe('a camera container', () => {
  it('makes its camera when it is asked for, and the same each time', async () => {
    const own = cameraContainer({ transport: virtual(), parent: root.createChildContainer() });
    const camera = own.resolve(Camera);
    expect(own.resolve(Camera)).toBe(camera);
    expect((await firstValueFrom(camera.info())).board).toContain('H7');
  });

  it('keeps cameras apart', () => {
    const parent = root.createChildContainer();
    const [one, other] = [virtual(), virtual()].map((transport) => cameraContainer({ transport, parent }));
    expect(one!.resolve(Camera)).not.toBe(other!.resolve(Camera));
    expect(one!.resolve(TRANSPORT)).not.toBe(other!.resolve(TRANSPORT));
  });

  it('puts its own options over those of its parent', () => {
    const parent = root.createChildContainer();
    parent.register(CAMERA_OPTIONS, { useValue: { commandTimeoutMs: 1000, reconnect: 'always' } });
    const own = cameraContainer({ transport: virtual(), options: { commandTimeoutMs: 2000 }, parent });
    expect(own.resolve(CAMERA_OPTIONS)).toEqual({ commandTimeoutMs: 2000, reconnect: 'always' });
  });

  it.each<[object, RegExp]>([
    [{ transport: virtual(), options: { openTimeoutMs: -1 } }, /openTimeoutMs must be a number, 0 or more, not -1/],
    [{ transport: virtual(), options: { openTimeout: 1 } }, /no option 'openTimeout': did you mean 'openTimeoutMs'\?/],
    [{ transport: virtual(), option: {} }, /cameraContainer has no option 'option': did you mean 'options'\?/],
  ])('refuses %j at the call', (wrong, why) => {
    expect(() => cameraContainer(wrong as never)).toThrow(why);
  });

  it('uses the scheduler that is registered, and tells the logger each change of state', () => {
    const parent = root.createChildContainer();
    const clock = new Clock();
    const lines: string[] = [];
    parent.register(SCHEDULER, { useValue: clock });
    parent.register(LOGGER, {
      useValue: { info: (line: string) => lines.push(`i ${line}`), warn: (line: string) => lines.push(`w ${line}`) },
    });
    const own = cameraContainer({
      transport: new VirtualCamera({ scheduler: clock, name: 'the camera' }).transport(),
      options: { closeAfterMs: 0 },
      parent,
    });
    const link = own.resolve(Camera).connect();
    clock.pass(500);
    expect(lines.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'i the camera: closed',
      'i the camera: opening',
      'i the camera: opening',
      'i the camera: ready',
    ]);
    void own.dispose();
    link.unsubscribe();
    clock.pass(500);
    expect(lines).toHaveLength(4);
  });

  it('warns of a link that is lost', () => {
    const parent = root.createChildContainer();
    const clock = new Clock();
    const lines: string[] = [];
    parent.register(SCHEDULER, { useValue: clock });
    parent.register(LOGGER, { useValue: { info: () => undefined, warn: (line: string) => lines.push(line) } });
    const [first] = [new VirtualCamera({ scheduler: clock, name: 'taken' }).transport()];
    const holder = first.open().subscribe();
    cameraContainer({ transport: first, parent }).resolve(Camera).connect();
    clock.pass(100);
    expect(lines.join()).toMatch(/taken: closed .*in use/);
    holder.unsubscribe();
  });
});

import { inject, InjectionToken, Injector, runInInjectionContext, type Provider } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { firstValueFrom, NEVER, Observable } from 'rxjs';
import { injectCamera, provideCamera } from '../../lib/angular/index.js';
import type { Connection, Transport } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';

const injector = (providers: Provider[], parent?: Injector): Injector =>
  Injector.create({ providers, ...(parent && { parent }) });
const cameraOf = (of: Injector) => runInInjectionContext(of, injectCamera);
const virtual = (): Transport => new VirtualCamera().transport();

/** A way to a camera that tells how often it was opened and closed. */
function counted() {
  const way = virtual();
  const count = { opened: 0, closed: 0 };
  const transport: Transport = {
    name: 'counted',
    open: () =>
      new Observable<Connection>((subscriber) => {
        count.opened += 1;
        subscriber.add(() => (count.closed += 1));
        subscriber.add(way.open().subscribe(subscriber));
      }),
  };
  return { transport, count };
}

describe('provideCamera', () => {
  it('provides one camera to all who are below it', async () => {
    const app = injector([provideCamera(virtual())]);
    const below = injector([], app);
    expect(cameraOf(below)).toBe(cameraOf(app));
    expect((await firstValueFrom(cameraOf(app).info())).board).toContain('H7');
  });

  it('provides another one to those below a provider of their own', () => {
    const app = injector([provideCamera(virtual())]);
    const panel = injector([provideCamera(virtual())], app);
    expect(cameraOf(panel)).not.toBe(cameraOf(app));
  });

  it('makes the way to the camera when it is injected first, and once, where others can be injected', () => {
    const ADDRESS = new InjectionToken<string>('address');
    const asked: string[] = [];
    const app = injector([
      { provide: ADDRESS, useValue: 'ws://localhost:8787' },
      provideCamera(() => {
        asked.push(inject(ADDRESS));
        return virtual();
      }),
    ]);
    expect(asked).toEqual([]);
    cameraOf(app);
    cameraOf(app);
    expect(asked).toEqual(['ws://localhost:8787']);
  });

  it('opens nothing until something subscribes, and closes when the injector of a signal is destroyed', async () => {
    const { transport, count } = counted();
    const app = injector([provideCamera(transport, { closeAfterMs: 0 })]);
    const camera = cameraOf(app);
    expect(count.opened).toBe(0);

    const component = injector([], app);
    const frame = runInInjectionContext(component, () => toSignal(camera.frames$));
    await firstValueFrom(camera.frames$);
    expect(count).toEqual({ opened: 1, closed: 0 });
    expect(frame()?.format).toBe('jpeg');

    (component as Injector & { destroy(): void }).destroy();
    await firstValueFrom(
      new Observable<void>((done) => camera.state$.subscribe(({ state }) => state === 'closed' && done.next())),
    );
    expect(count).toEqual({ opened: 1, closed: 1 });
  });

  it('gives the camera its options', async () => {
    const nobody: Transport = { name: 'nobody', open: () => NEVER };
    const app = injector([provideCamera(() => nobody, { openTimeoutMs: 20 })]);
    await expect(firstValueFrom(cameraOf(app).info())).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it.each<[object | null, RegExp]>([
    [{ comandTimeoutMs: 100 }, /has no option 'comandTimeoutMs': did you mean 'commandTimeoutMs'\?/],
    [{ commandTimeoutMs: -1 }, /commandTimeoutMs must be a number, 0 or more, not -1/],
    [{ reconnect: 'sometimes' }, /reconnect must be one of/],
    [null, /takes its options as an object, not as null/],
  ])('refuses the options %j at the call', (options, why) => {
    expect(() => provideCamera(virtual, options as never)).toThrow(why);
    expect(() => provideCamera(virtual(), options as never)).toThrow(why);
  });

  it('refuses what its function returns where that is no transport', () => {
    const app = injector([provideCamera((() => undefined) as never)]);
    expect(() => cameraOf(app)).toThrow(/must return a transport, such as webSerial\(\)/);
  });

  it.each([[undefined], [null], ['ws://localhost:8787'], [{ name: 'no way' }]])('refuses %p as a transport', (way) => {
    expect(() => provideCamera(way as unknown as Transport)).toThrow(/takes a transport, such as webSerial\(\)/);
  });
});

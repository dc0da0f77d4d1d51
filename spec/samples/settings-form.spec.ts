import { Injector, runInInjectionContext } from '@angular/core';
import { jest } from '@jest/globals';
import { json } from 'openmv-rx';
import { Opcode } from 'openmv-rx/protocol';
import { faulty } from 'openmv-rx/testing';
import { VirtualCamera } from 'openmv-rx/virtual';
import { injectCamera, provideCamera } from 'openmv-rx/angular';
import { firstValueFrom } from 'rxjs';
import { CameraSettings } from '../../samples/settings-form/camera-settings.js';

const DEBOUNCE_MS = 300;

/** Time that is enough for a camera to answer, and too short for the debounce. */
const ANSWER_MS = 250;

/** A form, its camera, and how often something was written to that. Time is virtual. */
async function shown() {
  const virtual = new VirtualCamera();
  // So far away that an edit can come while a write is on its way.
  const transport = faulty(virtual.transport(), { delay: 20 });
  const page = Injector.create({ providers: [provideCamera(transport, { closeAfterMs: 0 })] });
  const camera = runInInjectionContext(page, injectCamera);
  const form = Injector.create({ providers: [], parent: page }) as Injector & { destroy(): void };
  const settings = runInInjectionContext(form, () => new CameraSettings());
  let writes = 0;
  camera.trace$.subscribe((happened) => {
    if (happened.kind === 'sent' && happened.packet.opcode === Opcode.CHANNEL_WRITE) writes++;
  });
  await pass(1000);
  expect(settings.value()).toMatchObject({ quality: 80, framesPerSecond: 25 });
  /** What the camera itself says. */
  const held = async () => {
    const read = firstValueFrom(camera.channel('config', json<{ quality: number; framesPerSecond: number }>()).read());
    await pass(ANSWER_MS);
    return read;
  };
  return { settings, virtual, held, close: () => form.destroy(), writes: () => writes };
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('the settings form', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('shows an edit at once, and writes the last of several when the person pauses', async () => {
    const { settings, held, close, writes } = await shown();
    for (const quality of [70, 60, 50]) {
      settings.set({ quality });
      expect(settings.value()).toMatchObject({ quality, framesPerSecond: 25 });
      await pass(DEBOUNCE_MS - 1);
    }
    expect(writes()).toBe(0);
    const seen = new Set<number | undefined>();
    for (let ms = 0; ms <= ANSWER_MS; ms++) {
      await pass(1);
      seen.add(settings.value().quality);
    }
    // Not the old value in between, when the camera has taken the new one and has not been read again.
    expect([...seen]).toEqual([50]);
    expect([writes(), settings.value().quality, (await held()).quality]).toEqual([1, 50, 50]);
    close();
  });

  it('puts the old value back where the camera refuses the new one, and says why', async () => {
    const { settings, held, close } = await shown();
    settings.set({ quality: 5000 });
    await pass(DEBOUNCE_MS - 1);
    expect([settings.value().quality, settings.problem()]).toEqual([5000, '']);
    await pass(1 + ANSWER_MS);
    expect(settings.value().quality).toBe(80);
    expect(settings.problem()).toContain('the camera refused');
    settings.set({ quality: 40 });
    expect(settings.problem()).toBe('');
    await pass(DEBOUNCE_MS + ANSWER_MS);
    expect([(await held()).quality, settings.value().quality, settings.problem()]).toEqual([40, 40, '']);
    close();
  });

  it('keeps what is edited while a refusal is on its way', async () => {
    const { settings, held, close, writes } = await shown();
    settings.set({ quality: 5000, framesPerSecond: 10 });
    await pass(DEBOUNCE_MS);
    expect(writes()).toBe(1);
    settings.set({ framesPerSecond: 20 });
    await pass(ANSWER_MS);
    expect(settings.value()).toMatchObject({ quality: 80, framesPerSecond: 20 });
    await pass(DEBOUNCE_MS);
    expect(await held()).toMatchObject({ quality: 80, framesPerSecond: 20 });
    close();
  });

  it('writes nothing where an edit during a write is to the same value', async () => {
    const { settings, close, writes } = await shown();
    settings.set({ quality: 50 });
    await pass(DEBOUNCE_MS);
    settings.set({ quality: 50 });
    await pass(DEBOUNCE_MS + ANSWER_MS);
    expect([writes(), settings.value().quality, settings.problem()]).toEqual([1, 50, '']);
    close();
  });

  it('shows what others set, but not in place of an edit', async () => {
    const { settings, virtual, close } = await shown();
    settings.set({ quality: 50 });
    virtual.adjust({ quality: 20, framesPerSecond: 5 });
    await pass(ANSWER_MS);
    expect(settings.value()).toMatchObject({ quality: 50, framesPerSecond: 5 });
    close();
  });

  it('saves the last edit when it is closed before the pause is over', async () => {
    const { settings, held, close } = await shown();
    settings.set({ quality: 30 });
    close();
    expect((await held()).quality).toBe(30);
  });
});

import { firstValueFrom, lastValueFrom, NEVER, of, take, toArray } from 'rxjs';
import { followedScript, type ScriptEvent } from '../../../lib/cli/script/followed-script.js';
import { Camera, type ScriptIo, VirtualCamera } from '../../../lib/index.js';

function bench(runScript?: (source: string, io: ScriptIo) => typeof NEVER) {
  const virtual = new VirtualCamera(runScript ? { runScript } : {});
  const camera = new Camera(virtual.transport(), { reconnect: 'never', closeAfterMs: 0 });
  const followed = (script: string) => followedScript(camera, camera.run(script));
  return { virtual, camera, followed };
}

const textOf = (events: ScriptEvent[]) => events.map((event) => ('text' in event ? event.text : '')).join('');

describe('followedScript', () => {
  it('tells of the upload, of what the script prints and of its end, and of nothing else', async () => {
    const { virtual, followed } = bench();
    const script = 'for i in range(3):\n    print(i)\n    time.sleep_ms(30)\n';
    virtual.print('what was printed before\n');
    const events = await lastValueFrom(followed(script).pipe(toArray()));
    expect(events[0]).toEqual({ sent: script.length, total: script.length });
    expect(textOf(events)).toBe('0\r\n1\r\n2\r\n');
    expect(events.at(-1)).toEqual({ ended: undefined });
  });

  it('loses nothing of what is printed just before the end', async () => {
    const { followed } = bench();
    const events = await lastValueFrom(followed('print("x" * 1)\nprint("last")').pipe(toArray()));
    expect(textOf(events)).toMatch(/last\r\n$/);
  });

  it('ends with the traceback of a script that fails', async () => {
    const { followed } = bench();
    const events = await lastValueFrom(followed('print(1)\nraise ValueError("too dark")').pipe(toArray()));
    expect(textOf(events)).toMatch(/^1\r\nTraceback[^]*ValueError: too dark\r\n$/);
    expect(events.at(-1)).toMatchObject({ ended: { type: 'ValueError', message: 'too dark', line: 2 } });
  });

  it('goes on for as long as the script does', async () => {
    const { camera, followed } = bench(() => NEVER);
    let isOver = false;
    const following = followed('anything').subscribe({ complete: () => (isOver = true) });
    await firstValueFrom(camera.events$.pipe(take(3))); // the main script has ended, the camera is back, this one has begun
    expect(isOver).toBe(false);
    following.unsubscribe();
  });

  it('errors where the script can not be run', async () => {
    const { camera } = bench();
    const refused = camera.channel('stdin').ioctl(99);
    await expect(lastValueFrom(followedScript(camera, refused))).rejects.toMatchObject({ code: 'NAK' });
  });

  it('does nothing before it is subscribed to', () => {
    const { camera } = bench();
    let opened = false;
    camera.state$.subscribe(({ state }) => (opened ||= state !== 'closed'));
    followedScript(camera, of());
    expect(opened).toBe(false);
  });
});

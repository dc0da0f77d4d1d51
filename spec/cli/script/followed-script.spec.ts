import {
  defer,
  EMPTY,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  NEVER,
  of,
  take,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { followedScript, type ScriptEvent, stoppedScript } from '../../../lib/cli/script/followed-script.js';
import { OpenMVError } from '../../../lib/errors.js';
import { Camera } from '../../../lib/index.js';
import type { ScriptIo } from '../../../lib/virtual/index.js';
import { BANNER, recordedScript } from '../../signals/recorded-scripts.js';
import { scheduler } from '../../operators/operator-contract.js';
import { random } from '../../wire/random.js';
import { interpreterCamera } from '../interpreter-camera.js';
import { FakeCamera } from './fake-camera.js';

const TIMEOUT_MS = 10_000;

function bench(runScript?: (source: string, io: ScriptIo) => typeof NEVER) {
  const virtual = interpreterCamera(runScript ? { runScript } : {});
  const camera = new Camera(virtual.transport(), { reconnect: 'never', closeAfterMs: 0 });
  const followed = (script: string) => followedScript(camera, camera.run(script), { script, timeoutMs: TIMEOUT_MS });
  return { virtual, camera, followed };
}

const textOf = (events: readonly ScriptEvent[]) => events.map((event) => ('text' in event ? event.text : '')).join('');

describe('followedScript', () => {
  it('emits the upload, the text that the script prints, and its end, and nothing else', async () => {
    const { virtual, followed } = bench();
    const script = 'for i in range(3):\n    print(i)\n    time.sleep_ms(30)\n';
    virtual.print('what was printed before\n');
    const events = await lastValueFrom(followed(script).pipe(toArray()));
    expect(events[0]).toEqual({ sent: script.length, total: script.length });
    expect(textOf(events)).toBe('0\r\n1\r\n2\r\n');
    expect(events.at(-1)).toEqual({ ended: undefined });
  });

  it('loses no text that is printed just before the end', async () => {
    const { followed } = bench();
    const events = await lastValueFrom(followed('print("x" * 1)\nprint("last", end="")').pipe(toArray()));
    expect(textOf(events)).toMatch(/last$/);
  });

  it('ends with the traceback of a script that fails', async () => {
    const { followed } = bench();
    const events = await lastValueFrom(followed('print(1)\nraise ValueError("too dark")').pipe(toArray()));
    expect(textOf(events)).toMatch(/^1\r\nTraceback[^]*ValueError: too dark\r\n$/);
    expect(events.at(-1)).toMatchObject({ ended: { type: 'ValueError', message: 'too dark', line: 2 } });
  });

  it('continues until the script ends', async () => {
    const { camera, followed } = bench(() => NEVER);
    let isOver = false;
    const following = followed('anything').subscribe({ complete: () => (isOver = true) });
    await firstValueFrom(camera.events$.pipe(take(3))); // the main script has ended, the camera is back, this one has begun
    expect(isOver).toBe(false);
    following.unsubscribe();
  });

  it("errors if the script can't be started", async () => {
    const { camera } = bench();
    const refused = camera.channel('stdin').ioctl(99).pipe(ignoreElements());
    const followed$ = followedScript(camera, refused, { script: 'x', timeoutMs: TIMEOUT_MS });
    await expect(lastValueFrom(followed$)).rejects.toMatchObject({ code: 'NAK' });
  });

  it('does nothing before it is subscribed to', () => {
    const { camera } = bench();
    let opened = false;
    camera.state$.subscribe(({ state }) => (opened ||= state !== 'closed'));
    followedScript(camera, of(), { script: 'x', timeoutMs: TIMEOUT_MS });
    expect(opened).toBe(false);
  });
});

/** What comes of following a script on a camera, in virtual time. */
function outcome(
  fake: FakeCamera,
  start: ReturnType<FakeCamera['run']>,
  { script = 'f()', timeoutMs = TIMEOUT_MS } = {},
): { text: string; ended?: unknown; error?: OpenMVError; ms: number } {
  const events: ScriptEvent[] = [];
  let error: OpenMVError | undefined;
  let ms = 0;
  const test = scheduler();
  test.run(({ flush }) => {
    followedScript(fake.camera, start, { script, timeoutMs }).subscribe({
      next: (event) => events.push(event),
      error: (reason: OpenMVError) => ((error = reason), (ms = test.now())),
      complete: () => (ms = test.now()),
    });
    flush();
  });
  const last = events.at(-1) ?? {};
  return { text: textOf(events), ...('ended' in last && { ended: last.ended }), ...(error && { error }), ms };
}

describe('followedScript, with text of a real interpreter', () => {
  it.each([
    ['ends', '', undefined],
    ['sysexit', 'a\r\n', undefined],
    ['empty_print', '\r\nxy-z\r\n', undefined],
    [
      'syntax',
      'Traceback (most recent call last):\r\n  File "<stdin>", line 2\r\nSyntaxError: invalid syntax\r\n',
      { type: 'SyntaxError', message: 'invalid syntax', line: 2 },
    ],
    [
      'nameerr',
      'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n' +
        "NameError: name 'undefined_name' isn't defined\r\n",
      { type: 'NameError', message: "name 'undefined_name' isn't defined", line: 1 },
    ],
  ])('emits the text of %s and how it ended', (name, text, ended) => {
    const { script, stdout } = recordedScript(name);
    for (const seed of [1, 2, 3, 4, 5]) {
      const next = random(seed);
      const fake = new FakeCamera();
      const course: [number, () => void][] = [];
      let printed = 0;
      for (let ms = 0; printed < stdout.length; ms++) {
        const piece = stdout.slice(printed, (printed += 1 + Math.floor(next() * 40)));
        course.push([ms, () => fake.stdout$.next(piece)]);
      }
      // Wherever between two pieces the end is told.
      course.splice(Math.floor(next() * course.length), 0, [course.length >> 1, () => fake.end()]);
      const seen = outcome(fake, fake.run(...course), { script });
      expect(seen.text).toBe(text);
      if (ended === undefined) expect(seen.ended).toBeUndefined();
      else expect(seen.ended).toMatchObject(ended);
      expect(seen.error).toBeUndefined();
    }
  });

  it.each([
    ['whole', BANNER.slice(20)],
    ['without its end', 'thing else\r\n'],
    ['does not go on', ''],
  ])('leaves out text from before the script, and a late banner: %s', (_, rest) => {
    const fake = new FakeCamera();
    fake.stop = () =>
      defer(() => {
        fake.stdout$.next(`old\r\n${BANNER}old\r\n${BANNER.slice(0, 20)}`);
        timer(300).subscribe(() => fake.stdout$.next(rest));
        return EMPTY;
      });
    const start = fake.run(
      [1, () => fake.stdout$.next('own\r\n')],
      [2, () => fake.end()],
      [3, () => fake.stdout$.next(BANNER)],
    );
    expect(outcome(fake, start)).toMatchObject({ text: 'own\r\n', ended: undefined });
  });

  it('starts the script after it has read all earlier text', () => {
    const fake = new FakeCamera();
    fake.waiting = 9;
    const start = defer(() => {
      expect(fake.waiting).toBe(0);
      return fake.run([0, () => fake.stdout$.next('own')], [1, () => fake.end()]);
    });
    fake.stop = () => {
      timer(700).subscribe(() => {
        fake.stdout$.next('old');
        fake.waiting = 0;
      });
      return EMPTY;
    };
    expect(outcome(fake, start)).toMatchObject({ text: 'own', ended: undefined });
  });

  it('waits for the rest of a banner after stdout is empty, and prints a banner that never continues', () => {
    const late = new FakeCamera();
    const [note = ''] = BANNER.split(/(?<=\n)/);
    const printing = (fake: FakeCamera): [number, () => void][] => [
      [0, () => fake.stdout$.next('own\r\n')],
      [1, () => fake.end()],
      [2, () => fake.stdout$.next(note)],
    ];
    const whole = late.run(...printing(late), [600, () => late.stdout$.next(BANNER.slice(note.length))]);
    expect(outcome(late, whole)).toMatchObject({ text: 'own\r\n', ended: undefined });
    const other = new FakeCamera();
    expect(outcome(other, other.run(...printing(other)))).toMatchObject({ text: `own\r\n${note}`, ended: undefined });
  });
});

describe('followedScript, at the end of a script', () => {
  const TRACEBACK = 'Traceback (most recent call last):\r\n  File "<stdin>", line 3\r\nValueError: x\r\n';

  it('keeps reading until stdout is empty, within the timeout', () => {
    const fake = new FakeCamera();
    const start = fake.run(
      [0, () => fake.stdout$.next('first\r\n')],
      [1, () => fake.end({ waiting: 9 })],
      [6000, () => fake.stdout$.next(`x${TRACEBACK}${BANNER}`)],
      [6000, () => (fake.waiting = 0)],
    );
    const seen = outcome(fake, start);
    expect(seen).toMatchObject({ text: `first\r\nx${TRACEBACK}`, ended: { type: 'ValueError', line: 3 } });
    expect(seen.ms).toBeGreaterThan(6000);
  });

  it('errors instead of completing if stdout never becomes empty', () => {
    const fake = new FakeCamera();
    const seen = outcome(fake, fake.run([1, () => fake.end({ waiting: 9 })]));
    expect(seen).not.toHaveProperty('ended');
    expect(seen.error).toMatchObject({
      code: 'TIMEOUT',
      message:
        'the end of the script was not seen, and it may have failed: ' +
        "could not read all of the camera's text within 10 s",
    });
    expect(fake.stops).toBe(1); // before the script, which has ended by itself
  });

  it('errors if the camera stops answering as the script ends', () => {
    const fake = new FakeCamera();
    const seen = outcome(fake, fake.run([1, () => fake.end({ answers: false })]), { timeoutMs: 4000 });
    expect(seen).not.toHaveProperty('ended');
    expect(seen.error).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/^the end of the script/) as string,
    });
    expect(seen.ms).toBeLessThan(5000);
  });

  it('errors if the link is lost as the script ends', () => {
    const fake = new FakeCamera();
    const lost = new OpenMVError('LINK_LOST', 'the plug was pulled');
    const start = fake.run([1, () => fake.end({ answers: false })], [2, () => fake.stdout$.error(lost)]);
    expect(outcome(fake, start).error).toMatchObject({
      code: 'LINK_LOST',
      message: 'the end of the script was not seen, and it may have failed: the plug was pulled',
    });
  });

  it('recognises by the banner a reboot that nothing else reported', () => {
    const fake = new FakeCamera();
    const start = fake.run([1, () => fake.running$.next(false)], [2, () => fake.stdout$.next(`1\r\n${BANNER}`)]);
    expect(outcome(fake, start)).toMatchObject({ text: '1\r\n', ended: undefined });
  });

  it('errors if the script ends without a reboot', () => {
    const fake = new FakeCamera();
    const start = fake.run([1, () => fake.stdout$.next('1\r\n')], [2, () => fake.running$.next(false)]);
    const seen = outcome(fake, start);
    expect(seen).not.toHaveProperty('ended');
    expect(seen.error).toMatchObject({
      code: 'LINK_LOST',
      message: expect.stringMatching(/was the camera restarted\?$/) as string,
    });
  });
});

describe('followedScript, giving up', () => {
  it('does not disturb a camera that is busy for six seconds', () => {
    const fake = new FakeCamera();
    const start = fake.run(
      [1000, () => (fake.answers = false)],
      [7000, () => (fake.answers = true)],
      [9000, () => fake.stdout$.next('back')],
      [9001, () => fake.end()],
    );
    expect(outcome(fake, start)).toMatchObject({ text: 'back', ended: undefined });
  });

  it('says that the script may still be running if the camera stops answering', () => {
    const fake = new FakeCamera();
    const seen = outcome(fake, fake.run([1000, () => (fake.answers = false)]));
    expect(seen.error).toMatchObject({
      code: 'LINK_LOST',
      message:
        'the camera has not answered for 10 s (--timeout); ' +
        'the script may still be running: "openmv-rx stop" stops it',
    });
    expect(fake.stops).toBe(2);
    expect(seen.ms).toBeLessThan(17_000);
  });

  it.each([
    ['that runs', (fake: FakeCamera, lost: OpenMVError) => fake.run([9, () => fake.stdout$.error(lost)])],
    ['of which nobody knows whether it has started', (fake: FakeCamera, lost: OpenMVError) => fake.failing(lost)],
  ])('stops the script %s', (_, start) => {
    const fake = new FakeCamera();
    const lost = new OpenMVError('OUTCOME_UNKNOWN', 'it makes no sense');
    expect(outcome(fake, start(fake, lost)).error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: 'it makes no sense; the script is no longer running',
      cause: lost,
    });
    expect(fake.stops).toBe(2);
  });

  it('stops nothing if the camera refused the script, or nothing was uploaded', () => {
    const refusal = new OpenMVError('NAK', 'no');
    const refusing = new FakeCamera();
    expect(outcome(refusing, refusing.failing(refusal)).error).toBe(refusal);
    expect(refusing.stops).toBe(1);
    const lost = new OpenMVError('LINK_LOST', 'no cable');
    const broken = new FakeCamera();
    expect(
      outcome(
        broken,
        throwError(() => lost),
      ).error,
    ).toBe(lost);
    expect(broken.stops).toBe(1);
  });
});

describe('stoppedScript', () => {
  /** Whether it completes, or what it errors with. */
  function stopping(fake: FakeCamera): unknown {
    let outcome: unknown;
    scheduler().run(({ flush }) => {
      stoppedScript(fake.camera, TIMEOUT_MS).subscribe({
        error: (error: unknown) => (outcome = error),
        complete: () => (outcome = 'stopped'),
      });
      flush();
    });
    return outcome;
  }

  it('completes when the script is stopped', () => {
    expect(stopping(new FakeCamera())).toBe('stopped');
  });

  it('says that the script may still be running if the camera does not answer', () => {
    const fake = new FakeCamera();
    fake.answers = false;
    expect(stopping(fake)).toMatchObject({
      code: 'LINK_LOST',
      message:
        'the camera has not answered for 10 s (--timeout); the script may still be running: "openmv-rx stop" stops it',
    });
  });
});

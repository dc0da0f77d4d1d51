import { misjudged } from './compiled.js';

const head = [
  "import type { Observable } from 'rxjs'; import { cameraClock, pairByTime, type Frame } from 'openmv-rx';",
  'declare const frames$: Observable<Frame>; declare const plain$: Observable<{ at: number }>;',
].join(' ');

describe('the types of pairByTime and cameraClock', () => {
  it('ask for the time of items that do not say when they were received, and for no other', () => {
    const compile = [
      'pairByTime(frames$, frames$, { toleranceMs: 5 });',
      'pairByTime(frames$, plain$, { toleranceMs: 5, timeOfB: ({ at }) => at });',
      'pairByTime(plain$, plain$, { toleranceMs: 5, timeOfA: ({ at }) => at, timeOfB: ({ at }) => at });',
      'pairByTime(frames$, frames$, { toleranceMs: 5 }).subscribe((m) => (m.kind === "pair" ? m.a.fps : m.item.fps));',
      'frames$.pipe(cameraClock({ cameraUs: () => 1 }));',
      'plain$.pipe(cameraClock({ cameraUs: () => 1, receivedAt: ({ at }) => at }));',
    ];
    const reject = [
      'pairByTime(frames$, plain$, { toleranceMs: 5 });',
      'pairByTime(frames$, frames$, {});',
      'pairByTime(frames$, frames$, { toleranceMs: 5 }).subscribe((match) => match.a);',
      'plain$.pipe(cameraClock({ cameraUs: () => 1 }));',
      'frames$.pipe(cameraClock({}));',
    ];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  }, 60_000);
});

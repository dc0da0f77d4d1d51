import { NEVER, of, Subject } from 'rxjs';
import { hasNoReader, interruption, orInterrupted } from '../../../lib/cli/output/interruption.js';

describe('interruption', () => {
  // The first one leaves a listener for SIGHUP that stays.
  beforeAll(() => interruption().subscribe().unsubscribe());

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('tells of %s once and then lets go of it', (signal) => {
    const before = process.listenerCount(signal);
    const seen: unknown[] = [];
    interruption().subscribe({ next: (reason) => seen.push(reason), complete: () => seen.push('complete') });
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal);
    expect(seen).toEqual(['signal', 'complete']);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it.each(['stdout', 'stderr'] as const)('tells of a %s that cannot be written any more', (name) => {
    const seen: unknown[] = [];
    interruption().subscribe((reason) => seen.push(reason));
    process[name].emit('error', Object.assign(new Error(), { code: 'EPIPE' }));
    expect(seen).toEqual(['unwritable']);
  });

  it('never lets a second SIGHUP end the process', () => {
    interruption().subscribe();
    process.emit('SIGHUP');
    expect(process.listenerCount('SIGHUP')).toBeGreaterThan(0);
  });

  it.each([
    ['EPIPE', false, true],
    ['EIO', true, true],
    ['EIO', false, false],
    ['ENOSPC', true, false],
  ])('takes %s of a terminal (%s) for one without a reader: %s', (code, isTTY, expected) => {
    expect(hasNoReader(Object.assign(new Error(), { code }), { isTTY })).toBe(expected);
  });
});

describe('orInterrupted', () => {
  function run(reason: 'signal' | 'unwritable'): unknown[] {
    const stop$ = new Subject<'signal' | 'unwritable'>();
    const seen: unknown[] = [];
    NEVER.pipe(orInterrupted(stop$)).subscribe({
      error: (e: Error) => seen.push(e.message),
      complete: () => seen.push('complete'),
    });
    stop$.next(reason);
    expect(stop$.observed).toBe(false);
    return seen;
  }

  it('fails what a signal ends early', () => expect(run('signal')).toEqual(['interrupted before it was done']));
  it('ends what can tell nobody any more', () => expect(run('unwritable')).toEqual(['complete']));
  it('lets what is done be done', () => {
    const stop$ = new Subject<'signal'>();
    const seen: unknown[] = [];
    of(1)
      .pipe(orInterrupted(stop$))
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toEqual([1, 'complete']);
    expect(stop$.observed).toBe(false);
  });
});

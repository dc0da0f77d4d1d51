import { NEVER, of, Subject } from 'rxjs';
import { hasNoReader, interruption, orInterrupted } from '../../../lib/cli/output/interruption.js';

describe('interruption', () => {
  // The first one leaves a listener for SIGHUP that stays.
  beforeAll(() => interruption().subscribe().unsubscribe());

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('emits once on %s and then removes its listener', (signal) => {
    const before = process.listenerCount(signal);
    const seen: unknown[] = [];
    interruption().subscribe({ next: (reason) => seen.push(reason), complete: () => seen.push('complete') });
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal);
    expect(seen).toEqual(['signal', 'complete']);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it.each(['stdout', 'stderr'] as const)('emits when %s can no longer be written to', (name) => {
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
  ])('decides for %s (terminal: %s) whether the reader is gone: %s', (code, isTTY, expected) => {
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

  it('errors if a signal ends the work early', () => expect(run('signal')).toEqual(['interrupted before it was done']));
  it('completes if the output has no reader', () => expect(run('unwritable')).toEqual(['complete']));
  it('does not change work that is complete', () => {
    const stop$ = new Subject<'signal'>();
    const seen: unknown[] = [];
    of(1)
      .pipe(orInterrupted(stop$))
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toEqual([1, 'complete']);
    expect(stop$.observed).toBe(false);
  });
});

import { NEVER, of, Subject } from 'rxjs';
import { interruption, orInterrupted } from '../../lib/cli/interruption.js';

describe('interruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('tells of %s once and then lets go of it', (signal) => {
    const before = process.listenerCount(signal);
    const seen: unknown[] = [];
    interruption().subscribe({ next: (reason) => seen.push(reason), complete: () => seen.push('complete') });
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal);
    expect(seen).toEqual(['signal', 'complete']);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it('tells of an output that cannot be written any more', () => {
    const seen: unknown[] = [];
    interruption().subscribe((reason) => seen.push(reason));
    process.stdout.emit('error', Object.assign(new Error(), { code: 'EPIPE' }));
    expect(seen).toEqual(['unwritable']);
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

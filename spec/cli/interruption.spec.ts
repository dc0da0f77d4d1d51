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

  it('tells of an output that nobody reads, and errors with any other trouble of it', () => {
    const seen: unknown[] = [];
    interruption().subscribe((reason) => seen.push(reason));
    process.stdout.emit('error', Object.assign(new Error(), { code: 'EPIPE' }));
    const full = Object.assign(new Error(), { code: 'ENOSPC' });
    interruption().subscribe({ error: (error: unknown) => seen.push(error) });
    process.stdout.emit('error', full);
    expect(seen).toEqual(['unread', full]);
  });
});

describe('orInterrupted', () => {
  function run(reason: 'signal' | 'unread'): unknown[] {
    const stop$ = new Subject<'signal' | 'unread'>();
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
  it('ends what nobody reads any more', () => expect(run('unread')).toEqual(['complete']));
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

import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { type Running, start } from '../command.js';

/** A command that prints JSON lines while it is under way. */
export interface Printing extends Running {
  /** The first line, from the beginning, that has this key; rejects when the command ends without it. */
  readonly line: (key: string) => Promise<Record<string, string>>;
  /** Ends it as Ctrl-C does, and expects that it ends well. */
  readonly end: () => Promise<void>;
}

export function startPrinting(...words: string[]): Printing {
  const running = start([...words, '--json']);
  const lines$ = new ReplaySubject<Record<string, string>>();
  let rest = '';
  running.child.stdout!.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    for (const line of lines) lines$.next(JSON.parse(line) as Record<string, string>);
  });
  running.finished.then(
    ({ stderr }) => lines$.error(new Error(`it has ended: ${stderr}`)),
    (error: unknown) => lines$.error(error),
  );
  return {
    ...running,
    line: (key) => firstValueFrom(lines$.pipe(filter((line) => key in line))),
    end: async () => {
      running.child.kill('SIGINT');
      expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
    },
  };
}

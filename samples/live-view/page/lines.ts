import { concatMap, scan, type OperatorFunction } from 'rxjs';

/** A line longer than this is shown in pieces, so that a script that never ends one fills no memory. */
const longest = 1000;

/** Pieces of text as whole lines. */
export function lines(): OperatorFunction<string, string> {
  return (source) =>
    source.pipe(
      scan(
        ({ rest }, piece) => {
          const whole = `${rest}${piece}`.split(/\r?\n/);
          const last = whole.pop() ?? '';
          return last.length > longest ? { whole: [...whole, last], rest: '' } : { whole, rest: last };
        },
        { whole: [] as string[], rest: '' },
      ),
      concatMap(({ whole }) => whole),
    );
}

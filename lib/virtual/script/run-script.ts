import { catchError, defer, map, of, repeat, takeWhile, type Observable } from 'rxjs';
import type { ScriptIo } from './script-io.js';
import { Execution } from './execute.js';
import { ScriptException } from './exception.js';
import { parseBlock } from './parse-block.js';
import { scan } from './scan.js';
import { treeOf } from './tree.js';
import { attachedFor } from '../../device/backends/sending.js';

/** What a virtual camera makes of a script, unless it is told otherwise: see {@link VirtualCameraOptions.runScript}. */
export function runScript(source: string, { print, register, attached$, scheduler }: ScriptIo): Observable<unknown> {
  return defer(() => {
    const steps = new Execution({ print, register }).run(parseBlock(treeOf(scan(source))));
    return defer(() => {
      const { done, value } = steps.next();
      return done ? of(false) : attachedFor(attached$, value, scheduler).pipe(map(() => true));
    }).pipe(
      repeat(),
      takeWhile((goesOn) => goesOn),
    );
  }).pipe(
    catchError((error: unknown) => {
      throw error instanceof ScriptException ? new Error(error.traceback) : error;
    }),
  );
}

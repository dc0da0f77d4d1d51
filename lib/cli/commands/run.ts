import type { Command } from 'commander';
import {
  BehaviorSubject,
  concat,
  defer,
  EMPTY,
  finalize,
  first,
  type Observable,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type { Traceback, WriteProgress } from '../../index.js';
import { cameraCommand, type CameraCommandOptions, type CameraContext, withCamera } from '../camera-command.js';
import { counted } from '../output/text.js';
import { orInterrupted } from '../output/interruption.js';
import type { Output } from '../output/output.js';
import { ProgressLine } from '../output/progress-line.js';
import { followedScript, stoppedScript } from '../script/followed-script.js';
import { parameterValues, parameterWord, type ParameterWord, scriptOf } from '../arguments/script.js';
import { tracebackText } from '../script/script-end.js';
import { each, orWrongUsage } from '../arguments/usage.js';

interface RunOptions extends CameraCommandOptions {
  readonly param?: readonly ParameterWord[];
  readonly wait: boolean;
}

/** `run SCRIPT`: runs a script on the camera, and prints its text. */
export function addRun(program: Command): void {
  cameraCommand(
    program,
    'run <script>',
    'run a script (a file, or - for standard input) and print its text until it ends; Ctrl-C stops it',
    `printf 'N = 1  # param\\nprint(N)\\n' | openmv-rx run - --param N=3 --virtual`,
  )
    .option(
      '--param <name=value>',
      'set a parameter that the script declares as "NAME = value  # param" (may be repeated)',
      each(parameterWord),
    )
    .option('--no-wait', 'return when the script has started, and leave it running')
    .action(async (argument: string, { param = [], wait, ...options }: RunOptions) => {
      const script = await scriptOf(argument);
      await withCamera(options, (context) => {
        const start = orWrongUsage(program, () =>
          context.camera.run(script, { parameters: parameterValues(script, param) }),
        );
        const shown = withUploadShown(start, context.output);
        return wait ? followed(context, script, shown) : shown.pipe(orInterrupted(context.stop$));
      });
    });
}

/** Shows the progress of the upload, and reports its end. */
function withUploadShown(start: Observable<WriteProgress>, output: Output): Observable<WriteProgress> {
  const line = new ProgressLine(output.json);
  return start.pipe(
    tap(({ sent, total }) => {
      line.show(`uploaded ${sent} of ${counted(total, 'byte')}`, sent / total);
      if (sent < total) return;
      line.end();
      output.fact({ uploaded: total });
    }),
    finalize(() => line.end()),
  );
}

type Phase = 'uploading' | 'starting' | 'running' | 'ended';

function followed(
  { camera, output, stop$, timeoutMs }: CameraContext,
  script: string,
  start: Observable<WriteProgress>,
): Observable<unknown> {
  const phase$ = new BehaviorSubject<Phase>('uploading');
  const started = start.pipe(
    tap({
      next: ({ sent, total }) => sent === total && phase$.next('starting'),
      complete: () => phase$.next('running'),
    }),
  );
  const events$ = followedScript(camera, started, { script, timeoutMs }).pipe(
    tap((event) => {
      if ('text' in event) print(event.text, output);
      if (!('ended' in event)) return;
      phase$.next('ended');
      reportEnd(event.ended, output);
    }),
  );
  let isAskedFor = false;
  const interrupted$ = stop$.pipe(
    tap((reason) => (isAskedFor = reason === 'signal')),
    switchMap((reason) =>
      phase$.pipe(
        // A start that is on its way can't be cancelled.
        first((phase) => phase !== 'starting'),
        tap((phase) => {
          if (phase === 'uploading' && reason === 'signal')
            throw new Error('interrupted before the script was started');
        }),
      ),
    ),
  );
  const stopped$ = defer(() => {
    if (phase$.value !== 'running') return EMPTY;
    return concat(
      stoppedScript(camera, timeoutMs),
      defer(() => {
        output.fact({ ended: 'stopped' });
        // Standard output is for the script's text, which may go to a file.
        if (isAskedFor && !output.json) process.stderr.write('openmv-rx: the script was stopped\n');
        return [];
      }),
    );
  });
  return concat(events$.pipe(takeUntil(interrupted$)), stopped$);
}

function print(text: string, output: Output): void {
  if (output.json) output.fact({ text });
  else output.raw(text);
}

/** @throws {Error} with the traceback, if the script failed. */
function reportEnd(traceback: Traceback | undefined, output: Output): void {
  if (traceback === undefined) {
    output.fact({ ended: 'done' });
    return;
  }
  const { type, message, file, line } = traceback;
  output.fact({ ended: 'failed', type, message, file, line });
  throw new Error(`the script failed: ${tracebackText(traceback)}`);
}

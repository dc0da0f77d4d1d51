import type { Command } from 'commander';
import { from, lastValueFrom, switchMap } from 'rxjs';
import type { InspectedRecording } from '../../recording/index.js';
import { withExample } from '../example.js';
import { inspectedRecord, inspectedText } from '../inspected.js';
import { interruption, orInterrupted } from '../interruption.js';
import { loadRecording } from '../load-recording.js';
import { Output } from '../output.js';

/** `inspect FILE`: what is in a recording. */
export function addInspect(program: Command): void {
  withExample(
    program.command('inspect <file>'),
    'openmv-rx record look.mcap --virtual --frames 20 --overwrite',
    'openmv-rx inspect look.mcap',
  )
    .description('tell what is in a recording, or a wire capture, and whether it is whole')
    .option('--json', 'print JSON lines')
    .action(async (file: string, { json }: { readonly json?: true }) => {
      const output = new Output(json === true);
      const inspected$ = from(loadRecording()).pipe(
        switchMap(({ inspectRecording }) => inspectRecording(file)),
        orInterrupted<InspectedRecording>(interruption()),
      );
      const found = await lastValueFrom(inspected$, { defaultValue: undefined });
      if (found === undefined) return;
      output.write(
        inspectedRecord(found),
        inspectedText(found, (name) => output.name(name)),
      );
      if (found.damage) throw found.damage;
    });
}

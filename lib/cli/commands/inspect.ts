import type { Command } from 'commander';
import { versionText } from '../../wire/payloads/index.js';
import { given } from '../../arguments.js';
import { from, lastValueFrom, switchMap } from 'rxjs';
import type { InspectedChannel, InspectedRecording } from '../../recording/index.js';
import { withExample } from '../arguments/usage.js';
import { loadRecording } from '../optional-packages.js';
import { interruption, orInterrupted } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { counted } from '../output/text.js';

/** Describes the contents of a recording as a JSON object. */
export function inspectedRecord({ damage, camera, ...found }: InspectedRecording): object {
  return { ...found, camera: cameraFacts(camera), ...(damage && { damage: damage.message }) };
}

/** The same as a table. */
export function inspectedText(found: InspectedRecording, styled: (name: string) => string): string {
  const lines: (readonly [name: string, text: string])[] = [
    [found.file, sizeText(found)],
    ...cameraLine(found),
    ['frames', framesText(found)],
    ...found.frames.pictures.map(
      ({ width, height, format, count }) => ['', `${width}x${height} ${format}  ${count}`] as const,
    ),
    ['text', `${counted(found.text.messages, 'piece')}, ${counted(found.text.characters, 'character')}`],
    ['events', String(found.events)],
    ...found.channels.map((channel) => ['channel', channelText(channel, 'value')] as const),
    ...found.others.map((topic) => ['topic', channelText(topic, 'message')] as const),
    ['summary', summaryText(found)],
    ['index', found.hasIndex ? 'complete' : 'missing or incomplete: a replay reads the file to find a time'],
  ];
  const width = Math.max(...lines.slice(1).map(([name]) => name.length));
  return lines.map(([name, text], at) => `${at === 0 ? styled(name) : styled(name.padEnd(width))}  ${text}`).join('\n');
}

function sizeText({ bytes, seconds, beganAt }: InspectedRecording): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s`;
  // The times of a wire capture begin at 0.
  return beganAt === undefined || beganAt < YEAR_MS ? size : `${size} from ${new Date(beganAt).toISOString()}`;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;

function cameraFacts({ board, deviceId, versions }: InspectedRecording['camera']): Readonly<Record<string, string>> {
  return given({ board, firmware: versions && versionText(versions.firmware), deviceId });
}

function cameraLine({ camera }: InspectedRecording): readonly (readonly [string, string])[] {
  const { board, firmware, deviceId } = cameraFacts(camera);
  const words = [board, firmware && `firmware ${firmware}`, deviceId].filter(Boolean);
  return words.length === 0 ? [] : [['camera', words.join('  ')]];
}

function framesText({ frames: { count, bytes, framesPerSecond, gaps, longestGap } }: InspectedRecording): string {
  if (count === 0) return 'none';
  const late = gaps === 0 ? 'no gaps' : `${counted(gaps, 'gap')}, the longest of ${longestGap.toFixed(1)} s`;
  return `${count}, ${(bytes / 1e6).toFixed(1)} MB, ${framesPerSecond.toFixed(1)} fps, ${late}`;
}

function channelText({ name, encoding, messages }: InspectedChannel, what: string): string {
  return `${name}  ${encoding}  ${counted(messages, what)}`;
}

function summaryText({ summary, isSummaryRight }: InspectedRecording): string {
  if (!summary) return 'none';
  const words = `${counted(summary.frames, 'frame')}, ${summary.dropped} dropped, ${counted(summary.messages, 'message')}`;
  return isSummaryRight ? words : `${words}, which does not match the file`;
}

/** `inspect FILE`: shows the contents of a recording. */
export function addInspect(program: Command): void {
  withExample(
    program.command('inspect <file>'),
    'openmv-rx record look.mcap --virtual --frames 20 --overwrite',
    'openmv-rx inspect look.mcap',
  )
    .description('show the contents of a recording or wire capture, and whether it is complete')
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

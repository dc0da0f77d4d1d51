import { createRequire } from 'node:module';
import { Command } from 'commander';
import { red } from './output/output.js';
import { addBench } from './commands/bench.js';
import { addBridge } from './commands/bridge.js';
import { addChannels } from './commands/channels.js';
import { addDoctor } from './commands/doctor.js';
import { addExport } from './commands/export.js';
import { addFrames } from './commands/frames.js';
import { addInfo } from './commands/info.js';
import { addInspect } from './commands/inspect.js';
import { addList } from './commands/list.js';
import { addRead } from './commands/read.js';
import { addRecord } from './commands/record.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addStop } from './commands/stop.js';
import { addView } from './commands/view.js';
import { addVirtual } from './commands/virtual.js';
import { addWatch } from './commands/watch.js';
import { addWrite } from './commands/write.js';
import { withExample } from './arguments/usage.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const GROUPS: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'Cameras:': [addList, addInfo, addBench, addDoctor],
  'Frames:': [addView, addFrames],
  'Recordings:': [addRecord, addReplay, addInspect, addExport],
  'Scripts:': [addRun, addStop],
  'Channels:': [addChannels, addRead, addWrite, addWatch],
  'Serving cameras:': [addBridge, addVirtual],
};

/** The command `openmv-rx`. Its `parseAsync` rejects instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('openmv-rx')
    .description('Use OpenMV cameras from the command line.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(red(text.trimEnd(), process.stderr) + '\n') })
    .addHelpText(
      'after',
      '\nA command uses the camera that is plugged in, or the one that you choose with\n' +
        '--port, --tcp, --udp, --ws or --virtual. --virtual needs no hardware.\n' +
        'Exit codes: 0 done, 1 failed, 2 wrong usage.',
    );
  withExample(program, 'openmv-rx view --virtual');
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const add of commands) add(program);
  }
  program.commandsGroup('Help:').helpCommand(true);
  return program;
}

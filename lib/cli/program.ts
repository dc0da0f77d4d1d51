import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addBridge } from './commands/bridge.js';
import { addChannels } from './commands/channels.js';
import { addFrames } from './commands/frames.js';
import { addInfo } from './commands/info.js';
import { addRead } from './commands/read.js';
import { addRecord } from './commands/record.js';
import { addReplay } from './commands/replay.js';
import { addVirtual } from './commands/virtual.js';
import { addWatch } from './commands/watch.js';
import { addWrite } from './commands/write.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** The command `openmv-rx`. Its `parseAsync` rejects instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('openmv-rx')
    .description('Works with OpenMV cameras from the command line.')
    .version(version)
    .exitOverride()
    .addHelpText(
      'after',
      '\nWithout --port, --tcp, --udp or --virtual, the only camera that is plugged in is taken.\nExit codes: 0 done, 1 failed, 2 wrong usage.',
    );
  for (const add of [
    addInfo,
    addChannels,
    addFrames,
    addRead,
    addWrite,
    addWatch,
    addVirtual,
    addBridge,
    addRecord,
    addReplay,
  ])
    add(program);
  return program;
}

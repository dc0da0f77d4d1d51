import { expectOneLineFailure, jsonLines, run, start } from './command.js';

describe('openmv-rx bench', () => {
  it('measures the camera and the way to it, with the units in the names', async () => {
    const { code, stdout, stderr } = await run(['bench', '--virtual', '--seconds', '1', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const some = expect.any(Number) as number;
    expect(jsonLines(stdout)).toEqual([
      { measured: 'opening', milliseconds: some },
      { measured: 'round trips', count: some, p50Milliseconds: some, p99Milliseconds: some },
      { measured: 'frames', count: some, framesPerSecond: some, bytesPerFrame: some, megabytesPerSecond: some },
      {
        measured: 'reading',
        channel: expect.any(String) as string,
        count: some,
        bytesPerReading: some,
        megabytesPerSecond: some,
      },
      {
        measured: 'link',
        sentPackets: some,
        receivedPackets: some,
        repeatedCommands: some,
        receivedRepeats: some,
        rejected: some,
      },
    ]);
  });

  it('interrupted is a failure, in one line', async () => {
    const { child, firstLine, finished } = start(['bench', '--virtual', '--seconds', '60']);
    await firstLine;
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 1, stderr: 'openmv-rx: interrupted before it was done\n' });
  });

  it('says that the channel is none to be read, before it measures anything else', async () => {
    const { code, stdout, stderr } = await run(['bench', '--virtual', '--seconds', '1', '--channel', 'stdin']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^opening [^\n]+\n$/) as string });
    expect(stderr).toMatch(/^openmv-rx: [^\n]*'stdin'[^\n]*openmv-rx channels[^\n]*\n$/);
  });

  it('says that there is no camera', async () => {
    expectOneLineFailure(await run(['bench', '--port', '/dev/no-such-port']), 'does not exist');
  });
});

import { ran } from './running.js';

describe('record', () => {
  it.each([
    ['imu:>Q6f', 'little-endian, with < or ='],
    ['imu:!Q6f', 'little-endian, with < or ='],
    ['imu:@Q6f', 'after < for little-endian'],
    ['imu:yaml', 'Use a channel, as in config'],
  ])('refuses the channel %s and lists the channels that exist', async (channel, words) => {
    const { error } = await ran('record', 'never-made.mcap', '--virtual', '--channel', channel);
    expect(error).toMatchObject({
      code: 'commander.invalidArgument',
      message: expect.stringContaining(words) as string,
    });
  });
});

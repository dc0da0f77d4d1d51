import { CommandQueue } from '../../../lib/host/link/command-queue.js';

const item = (channel: number, name: string): { channel: number; name: string } => ({ channel, name });
type Item = ReturnType<typeof item>;

function drain(queue: CommandQueue<Item>): string[] {
  const names: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) names.push(next.name);
  return names;
}

describe('the command queue', () => {
  it('serves channels in turn, each in its own order', () => {
    const queue = new CommandQueue<Item>();
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item(name.charCodeAt(0), name));
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('serves the system before all others', () => {
    const queue = new CommandQueue<Item>();
    queue.push(item(3, 'frame'));
    queue.push(item(0, 'list'));
    queue.push(item(0, 'poll'));
    expect(drain(queue)).toEqual(['list', 'poll', 'frame']);
  });

  it('gives a channel that comes late its turn in the next round', () => {
    const queue = new CommandQueue<Item>();
    for (const name of ['a1', 'a2', 'a3']) queue.push(item(1, name));
    queue.take();
    queue.push(item(2, 'b1'));
    expect(drain(queue)).toEqual(['a2', 'b1', 'a3']);
  });

  it('forgets what is removed', () => {
    const queue = new CommandQueue<Item>();
    const items = [item(1, 'a'), item(1, 'b'), item(2, 'c')];
    for (const each of items) queue.push(each);
    queue.remove(items[1]!);
    queue.remove(items[2]!);
    queue.remove(items[2]!);
    expect(drain(queue)).toEqual(['a']);
  });

  it('refuses the 1025th, and takes one again when there is room', () => {
    const queue = new CommandQueue<Item>();
    for (let i = 0; i < 1024; i++) queue.push(item(i % 7, 'x'));
    expect(() => queue.push(item(1, 'over'))).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }) as Error);
    queue.take();
    expect(() => queue.push(item(1, 'fits'))).not.toThrow();
    expect(queue.clear()).toHaveLength(1024);
    expect(queue.take()).toBeUndefined();
  });
});

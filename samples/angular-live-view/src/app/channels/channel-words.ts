import type { ChannelInfo } from 'openmv-rx';
import { ChannelFlag } from 'openmv-rx/protocol';

const WORDS: readonly (readonly [flag: number, word: string])[] = [
  [ChannelFlag.READ, 'read'],
  [ChannelFlag.WRITE, 'write'],
  [ChannelFlag.EXEC, 'execute'],
  [ChannelFlag.LOCK, 'lock'],
  [ChannelFlag.STREAM, 'stream'],
];

/** The operations that a channel allows, in words. */
export function abilities({ flags }: ChannelInfo): string {
  const words = WORDS.filter(([flag]) => (flags & flag) !== 0).map(([, word]) => word);
  return words.length === 0 ? 'nothing' : words.join(', ');
}

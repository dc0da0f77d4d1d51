/** The result of a measurement, with the unit in each name. A figure is missing if there was nothing to measure. */
export type Measurement =
  | { readonly measured: 'opening'; readonly milliseconds: number }
  | {
      readonly measured: 'round trips';
      readonly count: number;
      readonly p50Milliseconds?: number;
      readonly p99Milliseconds?: number;
    }
  | {
      readonly measured: 'frames';
      readonly count: number;
      readonly framesPerSecond?: number;
      readonly bytesPerFrame?: number;
      readonly megabytesPerSecond?: number;
    }
  | {
      readonly measured: 'reading';
      readonly channel: string;
      readonly count: number;
      readonly bytesPerReading?: number;
      readonly megabytesPerSecond?: number;
    }
  | {
      readonly measured: 'link';
      readonly sentPackets: number;
      readonly receivedPackets: number;
      readonly repeatedCommands: number;
      readonly receivedRepeats: number;
      readonly rejected: number;
    };

/** The same for people. */
export function measurementText(found: Measurement): string {
  switch (found.measured) {
    case 'opening':
      return `${found.milliseconds} ms`;
    case 'round trips':
      return found.p50Milliseconds === undefined
        ? 'none'
        : `${found.p50Milliseconds} ms, 99 of 100 within ${found.p99Milliseconds} ms`;
    case 'frames':
      return found.framesPerSecond === undefined
        ? `${found.count === 0 ? 'none' : 'only one'}: is a script capturing frames?`
        : `${found.framesPerSecond} fps, ${found.megabytesPerSecond} MB/s, ${found.bytesPerFrame} bytes each`;
    case 'reading':
      return found.megabytesPerSecond === undefined
        ? `${found.channel} was empty`
        : `${found.megabytesPerSecond} MB/s, ${found.channel} of ${found.bytesPerReading} bytes`;
    case 'link':
      return `${found.sentPackets} packets sent, ${found.receivedPackets} received, ${
        found.repeatedCommands + found.receivedRepeats
      } repeated, ${found.rejected} rejected`;
  }
}

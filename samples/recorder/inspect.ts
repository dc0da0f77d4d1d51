import { readRecording, type RecordingEntry } from 'openmv-rx/recording';

/** Summarises a recording in lines of text. If the file was cut short, it summarises the readable part and adds the reason. */
export async function inspect(file: string): Promise<string[]> {
  const counts = new Map<string, { count: number; bytes: number }>();
  const lines: string[] = [];
  let first: number | undefined;
  let last = 0;
  const count = (what: string, bytes: number): void => {
    const before = counts.get(what) ?? { count: 0, bytes: 0 };
    counts.set(what, { count: before.count + 1, bytes: before.bytes + bytes });
  };
  try {
    for await (const entry of readRecording(file)) {
      if (entry.kind === 'camera')
        lines.push(`camera    ${entry.info.board ?? 'unknown'} ${entry.info.deviceId ?? ''}`);
      else if (entry.kind === 'summary') lines.push(`complete  ${entry.frames} frames, ${entry.dropped} left out`);
      else {
        first ??= entry.at;
        last = Math.max(last, entry.at);
        count(whatIs(entry), bytesOf(entry));
      }
    }
  } catch (error) {
    lines.push(`not whole ${error instanceof Error ? error.message : String(error)}`);
  }
  if (first !== undefined) {
    lines.push(`from      ${new Date(first).toISOString()}, for ${((last - first) / 1000).toFixed(1)} s`);
  }
  for (const [what, { count: number, bytes }] of counts) {
    lines.push(`${String(number).padStart(9)} ${what}${bytes > 0 ? `, ${bytes} bytes` : ''}`);
  }
  return lines;
}

function whatIs(entry: RecordingEntry): string {
  switch (entry.kind) {
    case 'frame': {
      const { width, height, format } = entry.frame;
      return `frames of ${width} × ${height} ${format}`;
    }
    case 'text':
      return 'pieces of text';
    case 'event':
      return `events ${entry.event.kind}`;
    case 'value':
      return `values of ${entry.channel} (${entry.encoding})`;
    case 'unknown':
      return `messages of ${entry.topic} (${entry.schema || entry.encoding})`;
    case 'channels':
      return 'lists of channels';
    case 'camera':
    case 'summary':
      return entry.kind;
  }
}

function bytesOf(entry: RecordingEntry): number {
  if (entry.kind === 'frame') return entry.frame.data.length;
  return entry.kind === 'value' || entry.kind === 'unknown' ? entry.bytes.length : 0;
}

import { inspectedRecord, inspectedText } from '../../../lib/cli/commands/inspect.js';
import { OpenMVError } from '../../../lib/errors.js';
import type { InspectedRecording } from '../../../lib/recording/index.js';

const found: InspectedRecording = {
  file: 'a.mcap',
  bytes: 1_234_567,
  camera: { board: 'OpenMV Cam H7' },
  beganAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  endedAt: Date.UTC(2026, 0, 2, 3, 4, 10),
  seconds: 5,
  frames: {
    count: 50,
    bytes: 1_000_000,
    framesPerSecond: 9.87,
    pictures: [{ width: 320, height: 240, format: 'jpeg', count: 50 }],
    gaps: 1,
    longestGap: 0.51,
  },
  text: { messages: 1, characters: 20 },
  events: 3,
  channels: [{ name: 'config', encoding: 'json', messages: 1 }],
  others: [{ name: '/tf', encoding: 'foxglove.FrameTransform', messages: 2 }],
  summary: { frames: 50, dropped: 0, messages: 4 },
  isSummaryRight: true,
  hasIndex: true,
};
const text = (changes: Partial<InspectedRecording> = {}) => inspectedText({ ...found, ...changes }, (name) => name);

describe('the description of a recording', () => {
  it('is a table for people', () => {
    expect(text().split('\n')).toEqual([
      'a.mcap  1.2 MB, 5.0 s from 2026-01-02T03:04:05.000Z',
      'camera   OpenMV Cam H7',
      'frames   50, 1.0 MB, 9.9 fps, 1 gap, the longest of 0.5 s',
      '         320x240 jpeg  50',
      'text     1 piece, 20 characters',
      'events   3',
      'channel  config  json  1 value',
      'topic    /tf  foxglove.FrameTransform  2 messages',
      'summary  50 frames, 0 dropped, 4 messages',
      'index    complete',
    ]);
  });

  it('says what is missing and what is wrong', () => {
    const lines = text({ isSummaryRight: false, hasIndex: false, camera: {}, beganAt: 0 });
    expect(lines).toContain('a.mcap  1.2 MB, 5.0 s\n');
    expect(lines).not.toContain('camera');
    expect(lines).toContain('summary  50 frames, 0 dropped, 4 messages, which does not match the file');
    expect(lines).toContain('index    missing or incomplete');
    const without = Object.fromEntries(Object.entries(found).filter(([key]) => key !== 'summary'));
    expect(inspectedText(without as unknown as InspectedRecording, (name) => name)).toContain('summary  none');
  });

  it('is one object for programs, with the damage as text', () => {
    const record = inspectedRecord({ ...found, damage: new OpenMVError('TRUNCATED', 'it ends too early') });
    expect(record).toMatchObject({ file: 'a.mcap', damage: 'it ends too early', camera: { board: 'OpenMV Cam H7' } });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

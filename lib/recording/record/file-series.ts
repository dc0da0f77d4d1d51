import type { SchedulerLike } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { fileError } from './file-error.js';
import { McapFile } from './mcap-file.js';
import type { RecordSettings } from './record-options.js';
import type { RecordingFile } from './storage.js';
import { SUMMARY_METADATA, type McapMessage } from '../format/topics.js';

const LIBRARY = 'openmv-rx';

/** What stands in each file, so that it is whole by itself. */
export interface FileHead {
  readonly metadata: readonly (readonly [name: string, entries: Readonly<Record<string, string>>])[];
  /** What is repeated at the beginning of each file. */
  readonly messages: () => readonly McapMessage[];
  /** What was counted of the file that ends. Called once for each. */
  readonly summary: () => Readonly<Record<string, string>>;
}

interface OpenFile {
  readonly path: string;
  readonly handle: RecordingFile;
  readonly mcap: McapFile;
  readonly openedAt: number;
  /** When the oldest message that is not written yet was added. */
  waitingSince: number | undefined;
}

/** The files of a recording, one after another. One thing at a time is asked of it. */
export class FileSeries {
  readonly #scheduler: SchedulerLike;
  #open: OpenFile | undefined;
  #earlierBytes = 0;
  #path = '';
  files = 0;
  readonly #settings: RecordSettings;
  readonly #head: FileHead;

  constructor(settings: RecordSettings, head: FileHead) {
    this.#settings = settings;
    this.#head = head;
    this.#scheduler = settings.scheduler;
  }

  get path(): string {
    return this.#path;
  }

  get bytes(): number {
    return this.#earlierBytes + (this.#open?.mcap.bytes ?? 0);
  }

  /** Opens the first file, so that a path that is wrong is told at once. */
  async begin(): Promise<void> {
    await this.#next();
  }

  /** Adds messages that belong together, in the next file if this one is over. Resolves when they may be followed by others. */
  async add(messages: readonly McapMessage[]): Promise<void> {
    if (this.#isOver()) await this.end();
    const file = this.#open ?? (await this.#next());
    for (const message of messages) file.mcap.add(message);
    file.waitingSince ??= this.#scheduler.now();
    if (file.mcap.waiting >= this.#settings.chunkBytes) await this.#flush(file);
    else await this.flushOld();
  }

  /** Writes a chunk that has waited for long enough. */
  async flushOld(): Promise<void> {
    const file = this.#open;
    if (file?.waitingSince === undefined) return;
    if (this.#scheduler.now() - file.waitingSince >= this.#settings.chunkMs) await this.#flush(file);
  }

  /** Writes what waits, and the end of the file. Also where that fails, the file is closed. */
  async end(): Promise<void> {
    const file = this.#open;
    if (!file) return;
    await this.#guard(file, async () => {
      await file.mcap.flush();
      await file.mcap.metadata(SUMMARY_METADATA, this.#head.summary());
    });
    await this.#guard(file, () => file.mcap.end());
    this.#leave(file);
    try {
      await file.handle.close();
    } catch (error) {
      throw fileError(error, file.path, 'written');
    }
  }

  #isOver(): boolean {
    const { split } = this.#settings;
    if (!split || !this.#open) return false;
    const age = this.#scheduler.now() - this.#open.openedAt;
    return this.#open.mcap.bytes >= split.bytes || age >= split.milliseconds;
  }

  async #next(): Promise<OpenFile> {
    const { file, split, overwrite, storage } = this.#settings;
    const path = split ? numbered(file, this.files + 1) : file;
    let handle: RecordingFile;
    try {
      handle = await storage.create(path, overwrite);
    } catch (error) {
      throw fileError(error, path, 'written');
    }
    this.files++;
    this.#path = path;
    const mcap = new McapFile(handle, this.#settings.crc32);
    const opened: OpenFile = { path, handle, mcap, openedAt: this.#scheduler.now(), waitingSince: undefined };
    this.#open = opened;
    await this.#guard(opened, async () => {
      await mcap.begin(LIBRARY);
      for (const [name, entries] of this.#head.metadata) await mcap.metadata(name, entries);
    });
    for (const message of this.#head.messages()) mcap.add(message);
    return opened;
  }

  #leave(file: OpenFile): void {
    this.#open = undefined;
    this.#earlierBytes += file.mcap.bytes;
  }

  async #flush(file: OpenFile): Promise<void> {
    await this.#guard(file, () => file.mcap.flush());
    file.waitingSince = undefined;
  }

  /** Where a write fails, what was written before it is made a whole file, if there is room for that. */
  async #guard(file: OpenFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const ended = await file.mcap.endSomehow();
      const kept = await file.handle.close().then(
        () => true,
        () => false,
      );
      this.#leave(file);
      throw withOutcome(fileError(cause, file.path, 'written'), outcomeOf(ended, kept, file.mcap.bytes));
    }
  }
}

/** What is left of a file when a write has failed. */
const OUTCOMES = {
  whole: 'is a whole file',
  cut: 'can be read, though the file has no end',
  // A browser that could not write does not keep what it has written before.
  lost: 'may be lost, as the file could not be closed',
} as const;

function outcomeOf(ended: boolean, kept: boolean, bytes: number): string {
  // Not even its first words were written: there is nothing that could be read, or lost.
  if (bytes === 0) return '';
  return `; what was recorded until then ${kept ? OUTCOMES[ended ? 'whole' : 'cut'] : OUTCOMES.lost}`;
}

function withOutcome({ code, message, cause }: OpenMVError, outcome: string): OpenMVError {
  return new OpenMVError(code, message + outcome, { cause });
}

/** `flight.mcap`, 1 → `flight-0001.mcap` */
function numbered(file: string, number: number): string {
  return file.replace(ENDING, (ending) => `-${String(number).padStart(4, '0')}${ending}`);
}

/** From the last dot of a name on, unless it begins with that; otherwise its end. */
const ENDING = /(?<=[^/\\])\.[^./\\]*$|$/;

import type { SchedulerLike } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { fileError, succeeds } from './file-error.js';
import { McapFile } from './mcap-file.js';
import type { RecordSettings } from './record-options.js';
import type { RecordingFile } from './storage.js';
import { SUMMARY_METADATA, type McapMessage } from '../format/topics.js';

const LIBRARY = 'openmv-rx';

/** The contents of each file besides the recorded messages, which make it complete by itself. */
export interface FileHead {
  readonly metadata: readonly (readonly [name: string, entries: Readonly<Record<string, string>>])[];
  /** Returns the messages that each file repeats at its beginning. */
  readonly messages: () => readonly McapMessage[];
  /** Returns the counts of the file that ends. Called once for each file. */
  readonly summary: () => Readonly<Record<string, string>>;
}

interface OpenFile {
  readonly path: string;
  readonly handle: RecordingFile;
  readonly mcap: McapFile;
  readonly openedAt: number;
  /** The time at which the oldest message of the current chunk was added. */
  waitingSince: number | undefined;
}

/** The files of a recording, one after another. Calls must not overlap. */
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

  /** Opens the first file at once, so that a wrong path fails at once. */
  async begin(): Promise<void> {
    await this.#next();
  }

  /** Adds messages that belong together. Begins the next file first if this one is full. Resolves when more may follow. */
  async add(messages: readonly McapMessage[]): Promise<void> {
    if (this.#isOver()) await this.end();
    const file = this.#open ?? (await this.#next());
    for (const message of messages) file.mcap.add(message);
    file.waitingSince ??= this.#scheduler.now();
    if (file.mcap.waiting >= this.#settings.chunkBytes) await this.#flush(file);
    else await this.flushOld();
  }

  /** Writes the chunk if it is old enough. */
  async flushOld(): Promise<void> {
    const file = this.#open;
    if (file?.waitingSince === undefined) return;
    if (this.#scheduler.now() - file.waitingSince >= this.#settings.chunkMs) await this.#flush(file);
  }

  /** Writes the current chunk and the end of the file. Closes the file also if that fails. */
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

  /** If a write fails, completes the file after the data that was written before, if the disk has space for that. */
  async #guard(file: OpenFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const ended = await file.mcap.endSomehow();
      const kept = await succeeds(file.handle.close());
      this.#leave(file);
      throw withOutcome(fileError(cause, file.path, 'written'), outcomeOf(ended, kept, file.mcap.bytes));
    }
  }
}

/** The state of a file after a failed write. */
const OUTCOMES = {
  whole: 'is a complete file',
  cut: 'can be read, but the file has no end',
  // A browser discards the earlier data after a failed write.
  lost: 'may be lost, because the file could not be closed',
} as const;

function outcomeOf(ended: boolean, kept: boolean, bytes: number): string {
  // Not even the header was written, so nothing can be read or lost.
  if (bytes === 0) return '';
  return `; the recording up to this point ${kept ? OUTCOMES[ended ? 'whole' : 'cut'] : OUTCOMES.lost}`;
}

function withOutcome({ code, message, cause }: OpenMVError, outcome: string): OpenMVError {
  return new OpenMVError(code, message + outcome, { cause });
}

/** `flight.mcap`, 1 → `flight-0001.mcap` */
function numbered(file: string, number: number): string {
  return file.replace(ENDING, (ending) => `-${String(number).padStart(4, '0')}${ending}`);
}

/** The extension of a name with its dot, or the end of a name without one. */
const ENDING = /(?<=[^/\\])\.[^./\\]*$|$/;

import { release } from 'node:os';
import { type Subscription } from 'rxjs';
import type { Camera, CameraInfo } from '../../index.js';
import { traceLine } from '../../index.js';
import { infoRecord } from '../commands/info.js';
import type { Check } from './check.js';

const MOST_LINES = 20_000;
/** The facts that tell one camera from others of its kind. */
const PRIVATE: ReadonlySet<string> = new Set(['deviceId', 'cpuId']);

/** Gathers the facts for a report of a fault: no pictures, no text, no values of channels, and no serial number. */
export class Report {
  readonly #checks: Check[] = [];
  readonly #trace: string[] = [];
  #info: Record<string, unknown> | undefined;

  add(check: Check): void {
    this.#checks.push(check);
  }

  get checks(): readonly Check[] {
    return this.#checks;
  }

  describe(info: CameraInfo): void {
    const facts = Object.entries(infoRecord(info)).filter(([name]) => !PRIVATE.has(name));
    this.#info = Object.fromEntries(facts);
  }

  /** Notes what happens on the link: of packets their headers and lengths. Holds the last 20 000 entries. */
  follow(camera: Camera): Subscription {
    return camera.trace$.subscribe((entry) => {
      this.#trace.push(traceLine(entry));
      if (this.#trace.length > MOST_LINES) this.#trace.splice(0, MOST_LINES / 2);
    });
  }

  /** The report as JSON. */
  text(version: string): string {
    const report = {
      versions: { 'openmv-rx': version, node: process.version },
      system: { platform: process.platform, release: release(), architecture: process.arch },
      checks: this.#checks,
      camera: this.#info,
      trace: this.#trace,
    };
    return `${JSON.stringify(report, undefined, 2)}\n`;
  }
}

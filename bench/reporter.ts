import type { Entry } from './result.js';

export interface Reporter {
  section(name: string): void;
  entry(entry: Entry): void;
  failure(error: unknown): void;
}

/** For people a table; for programs one JSON object a line, and nothing else on standard output. */
export function reporter(json: boolean): Reporter {
  return {
    section: (name) => {
      if (!json) console.log(`\n${name}`.padEnd(62), 'median', ' '.repeat(12), 'p5 – p95');
    },
    failure: (error) => console.error('  FAILED:', error),
    entry: (entry) => {
      if ('skipped' in entry) console.error(`  skipped: ${entry.skipped}`);
      else if (json) console.log(JSON.stringify(entry));
      else {
        const { name, unit, median, p5, p95, p99, mean, n, note } = entry;
        const tail = p99 === undefined ? '' : `, p99 ${figure(p99)}`;
        const all = mean === undefined ? '' : `, mean ${figure(mean)}`;
        console.log(
          `  ${name.padEnd(54)} ${figure(median).padStart(10)} ${unit.padEnd(10)} ${figure(p5)} – ${figure(p95)}${tail}${all} (n ${n})`,
        );
        if (note !== undefined) console.log(`      ${note}`);
      }
    },
  };
}

/** Three digits that mean something are as many as a shared machine gives. */
function figure(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { CodeEditor } from './code-editor';
import { declaredIn, valuesOf, type Typed } from './declared-parameters';
import { EXAMPLES } from './examples';
import { ParameterFields } from './parameter-fields';
import { remembered } from './remembered';
import { Runs } from './runs';

/** The camera's file name of a script that a host has sent. */
const SENT = '<stdin>';

/** A script to be written, run and stopped. */
@Component({
  selector: 'omv-script',
  imports: [CodeEditor, ParameterFields],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    class: 'card',
    '(keydown.control.enter)': 'runByKey($event)',
    '(keydown.meta.enter)': 'runByKey($event)',
  },
  templateUrl: './script.html',
  styles: `
    .actions {
      margin-top: 0.75rem;
    }

    .state {
      margin-left: auto;
      color: var(--quiet);
      font-weight: 600;
    }

    .state[data-running='true'] {
      color: var(--good);
    }

    progress {
      accent-color: var(--accent);
    }

    .failed button {
      margin-right: 0.5rem;
    }

    .failed {
      margin-top: 0.75rem;
      overflow-wrap: anywhere;
    }
  `,
})
export class Script {
  protected readonly examples = EXAMPLES;
  protected readonly runs = new Runs();
  protected readonly text = remembered('openmv-rx script', EXAMPLES[0]?.script ?? '');
  protected readonly declared = computed(() => declaredIn(this.text()));
  protected readonly typed = signal<Typed>({});
  readonly #state = toSignal(injectCamera().state$, { requireSync: true });
  /** During a reboot, requests wait until the camera is back. */
  protected readonly reachable = computed(() => ['ready', 'rebooting'].includes(this.#state().state));
  protected readonly status = computed(() => {
    if (!this.reachable()) return 'No camera';
    if (this.runs.doing() === 'stopping it') return 'Stopping';
    if (this.runs.doing() === 'running it') return this.runs.progress() ? 'Uploading' : 'Stopping the one before';
    return this.runs.running() ? 'Running' : 'Not running';
  });
  /** The failed line, while the editor still shows the script that failed. */
  protected readonly marked = computed(() => {
    const line = this.runs
      .traceback()
      ?.frames.filter(({ file }) => file === SENT)
      .at(-1)?.line;
    return this.text() === this.runs.sent() ? line : undefined;
  });

  protected run(): void {
    this.runs.run(this.text(), valuesOf(this.declared().parameters, this.typed()));
  }

  protected runByKey(event: Event): void {
    event.preventDefault();
    if (this.reachable()) this.run();
  }

  protected take(title: string): void {
    const example = EXAMPLES.find((one) => one.title === title);
    if (!example) return;
    const isOwn = this.text().trim() !== '' && !EXAMPLES.some(({ script }) => script === this.text());
    if (isOwn && !confirm('Replace what you have written by this example?')) return;
    this.text.set(example.script);
    this.typed.set({});
  }
}

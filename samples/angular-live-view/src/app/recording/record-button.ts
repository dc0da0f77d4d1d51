import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { bytesText } from '../picture/bytes';
import { canChooseFile, type Destination } from './destination';
import { objectUrl } from './object-url';
import { Recorder } from './recorder';

/** Records the camera to an MCAP file, and warns before the user leaves the page with an unsaved recording. */
@Component({
  selector: 'omv-record-button',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(window:beforeunload)': 'beforeLeaving($event)' },
  templateUrl: './record-button.html',
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.5rem;
    }

    button.recording {
      border-color: var(--bad);
      color: var(--bad);
    }

    .counts {
      display: inline-flex;
      flex-wrap: wrap;
      gap: 0 0.75rem;
      font-variant-numeric: tabular-nums;
    }

    a,
    .failed {
      overflow-wrap: anywhere;
    }
  `,
})
export class RecordButton {
  readonly #state = toSignal(injectCamera().state$, { requireSync: true });
  protected readonly recorder = new Recorder();
  protected readonly canChooseFile = canChooseFile();
  protected readonly destination = signal<Destination>('download');
  protected readonly ready = computed(() => this.#state().state === 'ready');
  protected readonly recording = computed(() => ['recording', 'finishing'].includes(this.recorder.phase()));
  /** True while a click can do nothing. */
  protected readonly busy = computed(() => ['choosing', 'finishing'].includes(this.recorder.phase()) || null);
  protected readonly bytesText = bytesText;
  protected readonly time = computed(() => {
    const seconds = Math.floor(this.recorder.progress()?.seconds ?? 0);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  });
  readonly #url = objectUrl(this.recorder.file);
  protected readonly link = computed(() => {
    const [file, url] = [this.recorder.file(), this.#url()];
    return file && url ? { url, name: file.name, size: bytesText(file.size) } : undefined;
  });

  protected choose(destination: string): void {
    this.destination.set(destination === 'file' ? 'file' : 'download');
  }

  protected beforeLeaving(event: BeforeUnloadEvent): void {
    if (this.recorder.isAtStake()) event.preventDefault();
  }
}

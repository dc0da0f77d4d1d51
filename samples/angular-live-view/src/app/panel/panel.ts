import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { map } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { ChannelPanel } from './channel-panel';
import { widgetChannels } from './widget-channels';

/** The widgets of all channels of the camera that have some, and of those that the user names. */
@Component({
  selector: 'omv-panel',
  imports: [ChannelPanel],
  host: { class: 'card' },
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './panel.html',
  styles: `
    form {
      margin-top: 0.75rem;
      padding-top: 0.75rem;
      border-top: 1px solid var(--line);
    }

    .named {
      display: flex;
      align-items: start;
      justify-content: space-between;
      gap: 0.5rem;
    }

    .named omv-channel-panel {
      flex: 1;
      min-width: 0;
    }
  `,
})
export class Panel {
  readonly #camera = injectCamera();
  readonly #state = toSignal(this.#camera.state$, { requireSync: true });
  readonly #channels = toSignal(this.#camera.channels$.pipe(againWhenReady(this.#camera)), { initialValue: [] });
  /** The newest first, so that what the script that was just started has made is in sight. */
  protected readonly found = toSignal(widgetChannels(this.#camera).pipe(map((names) => [...names].reverse())));
  readonly #named = signal<readonly string[]>([]);
  /** One that is found, too, is shown once. */
  protected readonly named = computed(() => this.#named().filter((name) => !this.found()?.includes(name)));
  protected readonly ready = computed(() => this.#state().state === 'ready');
  protected readonly state = computed(() => this.#state().state);
  /** The channels to suggest: not the firmware's own, which contain no widgets. */
  protected readonly readable = computed(() =>
    this.#channels()
      .filter(({ readable, name }) => readable && !['stdout', 'stream', 'profile'].includes(name))
      .map(({ name }) => name),
  );

  protected isThere(name: string): boolean {
    return this.#channels().some((channel) => channel.name === name);
  }

  protected isWritable(name: string): boolean {
    return this.#channels().some((channel) => channel.name === name && channel.writable);
  }

  protected add(name: string): void {
    if (name !== '') this.#named.update((names) => [...new Set([...names, name])]);
  }

  protected remove(name: string): void {
    this.#named.update((names) => names.filter((one) => one !== name));
  }
}

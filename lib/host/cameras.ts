import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  last,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  repeat,
  retry,
  share,
  Subject,
  Subscription,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs';
import { asOpenMVError } from './session/lifecycle.js';
import { hasMethods, requireArgument, requireTransport } from '../arguments.js';
import type { Frame } from '../frames/frame.js';
import { inTurn } from '../operators/in-turn.js';
import type { Transport } from '../transport/transport.js';
import type { CameraEvent } from './session/camera-event.js';
import { cameraSettings, type CameraOptions, type CameraSettings } from './camera-options.js';
import type { CameraState } from './camera-info.js';
import { Camera } from './camera.js';
import { RoamingTransport, type CameraFailure, type FromCamera, type KnownCamera } from './known-camera.js';

/** The delay before a second attempt to identify a camera: a port appears before it can be opened. It doubles with each attempt. */
const IDENTIFY_AGAIN_MS = 500;
/** The longest delay between two attempts. */
const LONGEST_DELAY_MS = 5000;
/** The delay before an Observable of a camera is subscribed to again after an error. */
const SUBSCRIBE_AGAIN_MS = 1000;

/**
 * Several cameras, identified by their serial numbers, because their ports may change.
 *
 * Cold: while one of its Observables has subscribers, it follows `found$`, opens each new transport once to identify the camera, and keeps one {@link Camera}
 * for each serial number. A `Camera` continues when the camera is unplugged, plugged in elsewhere, or reboots. If a camera fails or does not
 * answer, the others continue: the error is emitted by `failures$`, and the camera is tried again, soon at first and then every five seconds. A port
 * is open only while its camera is identified, and while your program uses the camera. Holds a `Camera` for each serial number that was ever seen.
 *
 * @example
 * ```ts
 * import { Cameras, type Transport } from 'openmv-rx';
 * import { listCameras, serialPort } from 'openmv-rx/serialport';
 * import { map, repeat } from 'rxjs';
 *
 * const ports$ = listCameras().pipe(repeat({ delay: 1000 }));
 * const cameras = new Cameras(ports$.pipe(map((ports) => ports.map(({ path }): Transport => serialPort(path)))));
 * cameras.frames$.subscribe(({ id, value: frame }) => console.log(id, frame.width, frame.height));
 * ```
 */
export class Cameras {
  /** The known cameras, in the order in which they were first seen. Emits the list at once, then each change. Hot and shared. Never completes. */
  readonly cameras$: Observable<readonly KnownCamera[]>;
  /** The frames of all cameras, as in `Camera.frames$`. Never completes. Errors only with `found$`. */
  readonly frames$: Observable<FromCamera<Frame>>;
  /** The text of all cameras, as in `Camera.stdout$`. Never completes. Errors only with `found$`. */
  readonly stdout$: Observable<FromCamera<string>>;
  /** The events of all cameras, as in `Camera.events$`. Never completes. Errors only with `found$`. */
  readonly events$: Observable<FromCamera<CameraEvent>>;
  /** The states of all cameras, as in `Camera.state$`. Never completes. Errors only with `found$`. */
  readonly state$: Observable<FromCamera<CameraState>>;
  /** The errors of all cameras. Hot: identifies and opens nothing. Never completes. */
  readonly failures$: Observable<CameraFailure>;

  readonly #settings: CameraSettings;
  readonly #failures$ = new Subject<CameraFailure>();
  readonly #transports = new Map<string, RoamingTransport>();
  readonly #cameras = new Map<string, Camera>();
  readonly #known$ = new BehaviorSubject<readonly KnownCamera[]>([]);
  readonly #added = new Set<Transport>();
  readonly #changed$ = new BehaviorSubject<void>(undefined);

  readonly #options: CameraOptions;

  /**
   * @param found$ emits the current list of transports whenever it changes. Transports with the same name count as one. If two transports lead to the
   * same camera, the later one is used. When `found$` completes, its last list stays. When it errors, all Observables of this object error,
   * except `failures$`. Default: no transports
   * @param options the options of each `Camera`. Here the default of `reconnect` is `'always'`.
   * @throws {OpenMVError} `INVALID_ARGUMENT` if an option is wrong.
   */
  constructor(found$: Observable<readonly Transport[]> = NEVER, options: CameraOptions = {}) {
    this.#options = options;
    const wanted = 'Cameras needs an Observable of lists of transports';
    requireArgument(hasMethods(found$, 'subscribe', 'pipe'), wanted, found$);
    this.#settings = cameraSettings(options);
    this.failures$ = this.#failures$.asObservable();
    const following = this.#follow(found$).pipe(share());
    this.cameras$ = merge(this.#known$, following);
    this.frames$ = this.#merged((camera) => camera.frames$);
    this.stdout$ = this.#merged((camera) => camera.stdout$);
    this.events$ = this.#merged((camera) => camera.events$);
    this.state$ = this.#merged((camera) => camera.state$);
  }

  /** Returns the camera with this serial number, or `undefined` if it was never seen. */
  get(id: string): Camera | undefined {
    return this.#cameras.get(id);
  }

  /** Adds a transport to the list of `found$`. Unsubscribe to remove it. */
  add(transport: Transport): Subscription {
    requireTransport('add', transport);
    this.#added.add(transport);
    this.#changed$.next();
    return new Subscription(() => {
      this.#added.delete(transport);
      this.#changed$.next();
    });
  }

  /** Follows each transport, by its name, from when it appears until it disappears. */
  #follow(found$: Observable<readonly Transport[]>): Observable<never> {
    return new Observable((subscriber) => {
      const watched = new Map<string, Subscription>();
      let found: readonly Transport[] = [];
      // One update at a time: a subscriber may add a transport during an update.
      const inOrder = inTurn<() => void>((work) => work());
      const update = (): void => {
        if (subscriber.closed) return;
        const present = new Map([...found, ...this.#added].map((transport) => [transport.name, transport]));
        for (const [name, watching] of watched) {
          if (present.has(name)) continue;
          watching.unsubscribe();
          watched.delete(name);
        }
        for (const [name, transport] of present) {
          if (watched.has(name)) continue;
          const watching = new Subscription();
          watched.set(name, watching);
          subscriber.add(watching);
          watching.add(this.#watch(transport).subscribe());
        }
      };
      subscriber.add(
        found$.subscribe({
          next: (now) => {
            found = now;
            inOrder(update);
          },
          error: (error: unknown) => subscriber.error(error),
        }),
      );
      subscriber.add(this.#changed$.subscribe(() => inOrder(update)));
    });
  }

  /** Identifies the camera at a transport, and again when another camera answers there. */
  #watch(transport: Transport): Observable<never> {
    const { scheduler } = this.#settings;
    return defer(() => this.#identify(transport)).pipe(
      retry({
        delay: (error: unknown, times: number) => {
          this.#fail(undefined, transport, error);
          return timer(Math.min(IDENTIFY_AGAIN_MS * 2 ** (times - 1), LONGEST_DELAY_MS), scheduler);
        },
      }),
      switchMap((id) => this.#present(id, transport)),
      repeat(),
      ignoreElements(),
    );
  }

  /** Emits the serial number after the port has closed again, so that the `Camera` can open it. */
  #identify(transport: Transport): Observable<string> {
    const camera = new Camera(transport, { ...this.#options, reconnect: 'never', closeAfterMs: 0 });
    return concat(
      camera.info(),
      camera.state$.pipe(
        filter(({ state }) => state === 'closed'),
        take(1),
        ignoreElements(),
      ),
    ).pipe(
      last(),
      map(({ deviceId }) => deviceId),
    );
  }

  /** Connects a camera with its transport. Completes when another camera answers there. */
  #present(id: string, transport: Transport): Observable<unknown> {
    return new Observable((subscriber) => {
      const roaming = this.#transports.get(id) ?? new RoamingTransport(id);
      roaming.add(transport);
      const camera =
        this.#cameras.get(id) ??
        new Camera(roaming, { ...this.#options, reconnect: this.#options.reconnect ?? 'always' });
      this.#transports.set(id, roaming);
      this.#cameras.set(id, camera);
      this.#emitKnown();
      subscriber.add(() => {
        roaming.remove(transport);
        this.#emitKnown();
      });
      subscriber.add(
        camera.state$
          .pipe(
            filter(({ state }) => state === 'ready'),
            switchMap(() => camera.info().pipe(catchError(() => EMPTY))),
          )
          .subscribe(({ deviceId }) => {
            if (deviceId !== id && roaming.present === transport) subscriber.complete();
          }),
      );
    });
  }

  #emitKnown(): void {
    this.#known$.next(
      [...this.#cameras].map(([id, camera]) => ({ id, camera, at: this.#transports.get(id)?.present?.name })),
    );
  }

  #merged<T>(of: (camera: Camera) => Observable<T>): Observable<FromCamera<T>> {
    return defer(() => {
      const seen = new Set<string>();
      return this.cameras$.pipe(
        mergeMap((known) => known.filter(({ id }) => !seen.has(id))),
        tap(({ id }) => seen.add(id)),
        mergeMap(({ id, camera }) =>
          of(camera).pipe(
            retry({
              delay: (error: unknown) => {
                this.#fail(id, this.#transports.get(id) as Transport, error);
                return timer(SUBSCRIBE_AGAIN_MS, this.#settings.scheduler);
              },
            }),
            map((value) => ({ id, value })),
          ),
        ),
      );
    }).pipe(share());
  }

  #fail(id: string | undefined, { name }: Transport, cause: unknown): void {
    this.#failures$.next({ id, at: name, error: asOpenMVError(cause, name) });
  }
}

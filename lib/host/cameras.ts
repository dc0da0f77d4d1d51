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
import { hasMethods, requireArgument, requireTransport } from '../arguments.js';
import { OpenMVError, isOpenMVError, messageOf } from '../errors.js';
import type { Frame } from '../frames/frame.js';
import { inTurn } from '../operators/in-turn.js';
import type { Transport } from '../transport/transport.js';
import type { CameraEvent } from './session/camera-event.js';
import { cameraSettings, type CameraOptions, type CameraSettings } from './camera-options.js';
import type { CameraState } from './camera-info.js';
import { Camera } from './camera.js';
import type { CameraFailure, FromCamera, KnownCamera } from './known-camera.js';
import { WayToCamera } from './known-camera.js';

/** How long after what is there did not say who it is, it is asked again: a port is there before it can be opened. */
const ASK_AGAIN_MS = 500;
/** And at the longest, each time twice as long. */
const ASK_SELDOM_MS = 5000;
/** How long after a camera's stream ended with an error it is subscribed to again. */
const GO_ON_MS = 1000;

/**
 * Several cameras, told apart by their serial numbers and not by the ports they are found at, which may change.
 *
 * Cold: while any of its Observables is subscribed to, it follows `found$`, asks what is found there once who it is, and keeps
 * one {@link Camera} for each, which lives on when the camera goes, comes back elsewhere, or reboots. A camera that fails, or
 * says nothing, touches no other: it shows in `failures$` and is asked again, soon at first and then every five seconds. Holds a `Camera` for each id
 * that was ever seen. A port is opened while it is asked, and while the program uses its camera.
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
  /** The cameras that are known, in the order they were first seen: at once, then each change. Hot and shared; never ends. */
  readonly cameras$: Observable<readonly KnownCamera[]>;
  /** The frames of all of them, as each camera's `frames$`. Never completes, and errors only with `found$`. */
  readonly frames$: Observable<FromCamera<Frame>>;
  /** The text of all of them, as each camera's `stdout$`. */
  readonly stdout$: Observable<FromCamera<string>>;
  /** The events of all of them, as each camera's `events$`. */
  readonly events$: Observable<FromCamera<CameraEvent>>;
  /** The states of all of them, as each camera's `state$`. */
  readonly state$: Observable<FromCamera<CameraState>>;
  /** What goes wrong with any of them. Hot: does nothing by itself. Never ends. */
  readonly failures$: Observable<CameraFailure>;

  readonly #settings: CameraSettings;
  readonly #failures$ = new Subject<CameraFailure>();
  readonly #ways = new Map<string, WayToCamera>();
  readonly #cameras = new Map<string, Camera>();
  readonly #known$ = new BehaviorSubject<readonly KnownCamera[]>([]);
  readonly #added = new Set<Transport>();
  readonly #changed$ = new BehaviorSubject<void>(undefined);

  /**
   * @param found$ the transports that lead to cameras now, each time that changes; two of the same name are one, and of two that
   * lead to one camera the one found last is used. When it completes, what it said last stays; its error is one of all
   * Observables here but `failures$`. Default: none
   * @param options for each `Camera`. `reconnect` is `'always'` unless it is given.
   * @throws {OpenMVError} `INVALID_ARGUMENT` for options that make no sense.
   */
  constructor(
    found$: Observable<readonly Transport[]> = NEVER,
    private readonly options: CameraOptions = {},
  ) {
    const wanted = 'Cameras takes an Observable of lists of transports';
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

  /** The camera of an id that was seen. */
  get(id: string): Camera | undefined {
    return this.#cameras.get(id);
  }

  /** Adds a way to a camera to those that are found; unsubscribing takes it out. */
  add(transport: Transport): Subscription {
    requireTransport('add', transport);
    this.#added.add(transport);
    this.#changed$.next();
    return new Subscription(() => {
      this.#added.delete(transport);
      this.#changed$.next();
    });
  }

  /** Keeps an eye on each transport that is there, by name, from when it appears until it goes. */
  #follow(found$: Observable<readonly Transport[]>): Observable<never> {
    return new Observable((subscriber) => {
      const watched = new Map<string, Subscription>();
      let found: readonly Transport[] = [];
      // In turn, for who is told of one camera may add another.
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

  /** Finds out who is there, and again whenever it turns out to be somebody else. */
  #watch(transport: Transport): Observable<never> {
    const { scheduler } = this.#settings;
    return defer(() => this.#identify(transport)).pipe(
      retry({
        delay: (error: unknown, times: number) => {
          this.#fail(undefined, transport, error);
          return timer(Math.min(ASK_AGAIN_MS * 2 ** (times - 1), ASK_SELDOM_MS), scheduler);
        },
      }),
      switchMap((id) => this.#present(id, transport)),
      repeat(),
      ignoreElements(),
    );
  }

  /** Emits who is there when the port has been closed again, for its camera to open. */
  #identify(transport: Transport): Observable<string> {
    const camera = new Camera(transport, { ...this.options, reconnect: 'never', closeAfterMs: 0 });
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

  /** The camera is at this transport; completes when another one is. */
  #present(id: string, transport: Transport): Observable<unknown> {
    return new Observable((subscriber) => {
      const way = this.#ways.get(id) ?? new WayToCamera(id);
      way.found(transport);
      const camera =
        this.#cameras.get(id) ?? new Camera(way, { ...this.options, reconnect: this.options.reconnect ?? 'always' });
      this.#ways.set(id, way);
      this.#cameras.set(id, camera);
      this.#tell();
      subscriber.add(() => {
        way.lost(transport);
        this.#tell();
      });
      subscriber.add(
        camera.state$
          .pipe(
            filter(({ state }) => state === 'ready'),
            switchMap(() => camera.info().pipe(catchError(() => EMPTY))),
          )
          .subscribe(({ deviceId }) => {
            if (deviceId !== id && way.present === transport) subscriber.complete();
          }),
      );
    });
  }

  #tell(): void {
    this.#known$.next(
      [...this.#cameras].map(([id, camera]) => ({ id, camera, at: this.#ways.get(id)?.present?.name })),
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
                this.#fail(id, this.#ways.get(id) as Transport, error);
                return timer(GO_ON_MS, this.#settings.scheduler);
              },
            }),
            map((value) => ({ id, value })),
          ),
        ),
      );
    }).pipe(share());
  }

  #fail(id: string | undefined, { name }: Transport, cause: unknown): void {
    const error = isOpenMVError(cause)
      ? cause
      : new OpenMVError('LINK_LOST', `${name}: ${messageOf(cause)}`, { cause });
    this.#failures$.next({ id, at: name, error });
  }
}

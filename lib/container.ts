import 'reflect-metadata';
import { Subscription, type SchedulerLike } from 'rxjs';
import {
  container as root,
  instanceCachingFactory,
  type DependencyContainer,
  type Disposable,
  type InjectionToken,
} from 'tsyringe';
import { requireOptions, type OptionNames } from './arguments.js';
import { Camera, monotonicScheduler, type CameraOptions, type CameraState, type Transport } from './index.js';

/** Receives log lines. `console` is a `Logger`. */
export interface Logger {
  /** Logs a normal change of state. */
  info(message: string): void;
  /** Logs a lost link or an error. */
  warn(message: string): void;
}

/** The token of the camera's transport. Each camera's container registers its own. */
export const TRANSPORT: InjectionToken<Transport> = Symbol.for('openmv-rx/transport');

/** The token of the options of the `Camera`, except its scheduler. Default: no options. */
export const CAMERA_OPTIONS: InjectionToken<Omit<CameraOptions, 'scheduler'>> = Symbol.for('openmv-rx/camera-options');

/** The token of the scheduler from which the camera takes its time. Default: the default of `Camera`. */
export const SCHEDULER: InjectionToken<SchedulerLike> = Symbol.for('openmv-rx/scheduler');

/** The token of the logger that receives each change of the camera's state. Default: no logger. */
export const LOGGER: InjectionToken<Logger> = Symbol.for('openmv-rx/logger');

/** Options of {@link cameraContainer}. */
export interface CameraContainerOptions {
  /** The transport of the camera. */
  readonly transport: Transport;
  /** Options of this camera. They override `CAMERA_OPTIONS` of the parent. */
  readonly options?: Omit<CameraOptions, 'scheduler'>;
  /** The container whose registrations this one inherits. Default: tsyringe's global container. */
  readonly parent?: DependencyContainer;
}

/**
 * Creates a container for one camera. `resolve(Camera)` returns the same camera each time. It is made with the values that
 * this container and its parents have registered under {@link TRANSPORT}, {@link CAMERA_OPTIONS}, {@link SCHEDULER} and
 * {@link LOGGER}.
 *
 * Import this module before tsyringe, or `reflect-metadata` before both, because tsyringe needs it to load.
 *
 * The first `resolve(Camera)` creates the camera and opens nothing. If a logger is registered by then, it receives each
 * change of the camera's state until the container is disposed of. Disposing of the container does not close the camera:
 * as always, its link closes after the last subscription. Holds the camera.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for an unknown option, or a wrong option of the camera.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { cameraContainer, LOGGER } from 'openmv-rx/container';
 * import { tcp } from 'openmv-rx/tcp';
 * import { container } from 'tsyringe';
 *
 * container.register(LOGGER, { useValue: console });
 * const camera = cameraContainer({ transport: tcp('camera.local', 5000) }).resolve(Camera);
 * camera.frames$.subscribe((frame) => console.log(frame.index));
 * ```
 */
export function cameraContainer(given: CameraContainerOptions): DependencyContainer {
  requireOptions('cameraContainer', given, KNOWN);
  const { transport, options = {}, parent = root } = given;
  // Check the options here, where the program passes them, and not where the camera is resolved. This opens nothing.
  new Camera(transport, options);
  const own = parent.createChildContainer();
  const inherited = parent.isRegistered(CAMERA_OPTIONS, true) ? parent.resolve(CAMERA_OPTIONS) : {};
  own.register(TRANSPORT, { useValue: transport });
  own.register(CAMERA_OPTIONS, { useValue: { ...inherited, ...options } });
  own.register(Camera, { useFactory: instanceCachingFactory(makeCamera) });
  return own;
}

function makeCamera(own: DependencyContainer): Camera {
  const scheduler = own.isRegistered(SCHEDULER, true) ? own.resolve(SCHEDULER) : monotonicScheduler;
  const transport = own.resolve(TRANSPORT);
  const camera = new Camera(transport, { ...own.resolve(CAMERA_OPTIONS), scheduler });
  if (own.isRegistered(LOGGER, true)) {
    // The container makes the StateLog itself, so it also disposes of it.
    own.resolve(StateLog).follow(camera, transport.name, own.resolve(LOGGER));
  }
  return camera;
}

/** Logs each change of a camera's state. */
class StateLog implements Disposable {
  readonly #subscriptions = new Subscription();

  follow(camera: Camera, name: string, logger: Logger): void {
    const subscription = camera.state$.subscribe(({ state, reason, error }: CameraState) => {
      const line = `${name}: ${state} (${reason})`;
      if (state === 'lost' || error !== undefined) logger.warn(line);
      else logger.info(line);
    });
    this.#subscriptions.add(subscription);
  }

  dispose(): void {
    this.#subscriptions.unsubscribe();
  }
}

const KNOWN: OptionNames<CameraContainerOptions> = { transport: true, options: true, parent: true };

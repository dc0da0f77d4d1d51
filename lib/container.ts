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

/** Where a camera's log goes; `console` is one. */
export interface Logger {
  /** What happens as it should. */
  info(message: string): void;
  /** What needs somebody's attention. */
  warn(message: string): void;
}

/** The way to the camera. Every camera's container has one of its own. */
export const TRANSPORT: InjectionToken<Transport> = Symbol.for('openmv-rx/transport');

/** The options of the `Camera`, but for its scheduler. Default: none. */
export const CAMERA_OPTIONS: InjectionToken<Omit<CameraOptions, 'scheduler'>> = Symbol.for('openmv-rx/camera-options');

/** Where time comes from. Default: that of `Camera`. */
export const SCHEDULER: InjectionToken<SchedulerLike> = Symbol.for('openmv-rx/scheduler');

/** Where each change of a camera's state is told. Default: nowhere. */
export const LOGGER: InjectionToken<Logger> = Symbol.for('openmv-rx/logger');

/** Options of {@link cameraContainer}. */
export interface CameraContainerOptions {
  /** The way to the camera. */
  readonly transport: Transport;
  /** What is particular to this camera; what it leaves out comes from `CAMERA_OPTIONS` of the parent. */
  readonly options?: Omit<CameraOptions, 'scheduler'>;
  /** The container that this one asks for what it has not. Default: tsyringe's own. */
  readonly parent?: DependencyContainer;
}

/**
 * A container for one camera: `resolve(Camera)` gives that camera, the same each time, made of what this container and its
 * parents have registered under {@link TRANSPORT}, {@link CAMERA_OPTIONS}, {@link SCHEDULER} and {@link LOGGER}.
 *
 * Import this module before tsyringe, or `reflect-metadata` before both: tsyringe does not load without.
 *
 * Nothing is made before it is asked for, and nothing opened by it. A logger that is registered when the camera is made is
 * told each change of its state, until the container is disposed of; the camera itself is closed as ever, when nobody is
 * subscribed to it. Holds the camera.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for an option that there is not, or one of the camera that makes no sense.
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
  // Refuses wrong options here, where they stand, and not where the camera is resolved. It opens nothing.
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
    // What the container itself has made is disposed of with it.
    own.resolve(StateLog).tell(camera, transport.name, own.resolve(LOGGER));
  }
  return camera;
}

/** Tells a logger each change of a camera's state. */
class StateLog implements Disposable {
  readonly #telling = new Subscription();

  tell(camera: Camera, name: string, logger: Logger): void {
    const telling = camera.state$.subscribe(({ state, reason, error }: CameraState) => {
      const line = `${name}: ${state} (${reason})`;
      if (state === 'lost' || error !== undefined) logger.warn(line);
      else logger.info(line);
    });
    this.#telling.add(telling);
  }

  dispose(): void {
    this.#telling.unsubscribe();
  }
}

const KNOWN: OptionNames<CameraContainerOptions> = { transport: true, options: true, parent: true };

import { Injector, runInInjectionContext } from '@angular/core';
import { injectCamera } from '../../lib/angular/index.js';

describe('injectCamera', () => {
  it('says what to do where no camera is provided', () => {
    expect(() => runInInjectionContext(Injector.create({ providers: [] }), injectCamera)).toThrow(
      /no camera is provided here: add provideCamera\(…\) to the providers/,
    );
  });

  it('errors as every inject does where nothing can be injected', () => {
    expect(() => injectCamera()).toThrow(/NG0203|injection context/);
  });
});

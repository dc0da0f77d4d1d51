import { PictureControl } from '../../../lib/virtual/pictures/picture-control.js';
import { defaultPictureSettings as at } from '../../../lib/virtual/pictures/picture-settings.js';

describe('the control of pictures', () => {
  it('keeps what its program wants when a script begins, and forgets what a host has asked for', () => {
    const control = new PictureControl(at);
    control.ask({ quality: 10, width: 64 });
    control.adjust({ exposure: 2, width: 128 });
    expect(control.settings).toEqual({ ...at, quality: 10, width: 128, exposure: 2 });
    control.restore();
    expect(control.settings).toEqual({ ...at, width: 128, exposure: 2 });
  });

  it('changes nothing when one of several is impossible', () => {
    const control = new PictureControl(at);
    expect(() => control.ask({ quality: 10, width: 0 })).toThrow();
    expect(() => control.adjust({ quality: 10, width: 0 })).toThrow();
    control.ask({ height: 8000 });
    expect(() => control.adjust({ width: 8000 })).toThrow('pixels');
    control.restore();
    expect(control.settings).toEqual(at);
  });

  it('tells its settings now and after each change', () => {
    const control = new PictureControl(at);
    const seen: number[] = [];
    control.settings$.subscribe(({ quality }) => seen.push(quality));
    control.ask({ quality: 10 });
    control.restore();
    expect(seen).toEqual([80, 10, 80]);
  });

  it('tells nothing when there is nothing to restore', () => {
    const control = new PictureControl(at);
    control.adjust({ quality: 20 });
    const seen: number[] = [];
    control.settings$.subscribe(({ quality }) => seen.push(quality));
    control.restore();
    expect(seen).toEqual([20]);
  });
});

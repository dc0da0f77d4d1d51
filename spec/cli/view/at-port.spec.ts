import { firstValueFrom, of, throwError } from 'rxjs';
import { atPort } from '../../../lib/cli/commands/view.js';

describe('the port of the page', () => {
  const inUse = (...taken: number[]) => {
    return (port: number) => (taken.includes(port) ? throwError(() => new Error(`${port} is in use`)) : of(port));
  };

  it('is the usual one if that is free', async () => {
    expect(await firstValueFrom(atPort(undefined, inUse()))).toBe(8080);
  });

  it('is another one if the usual one is in use', async () => {
    expect(await firstValueFrom(atPort(undefined, inUse(8080)))).toBe(0);
  });

  it('is the requested one, or an error', async () => {
    expect(await firstValueFrom(atPort(9000, inUse()))).toBe(9000);
    await expect(firstValueFrom(atPort(9000, inUse(9000)))).rejects.toThrow('9000 is in use');
  });
});

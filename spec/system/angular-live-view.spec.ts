import { VirtualCamera } from 'openmv-rx';
import { bridged } from './support/angular-bridge.js';
import { state } from './support/angular-page.js';
import { AngularSite } from './support/angular-site.js';

let site: AngularSite;
beforeAll(async () => {
  site = await AngularSite.start();
});
afterAll(() => site.close());

describe('the Angular live view', () => {
  it('opens the demo camera that the address names', async () => {
    const page = await site.open({ query: '?demo' });
    await state(page, 'ready');
    await page.close();
  });

  it('opens the bridge that the address names', async () => {
    const served = await bridged(new VirtualCamera().transport());
    const page = await site.open({ query: served.query });
    await state(page, 'ready');
    await page.close();
    served.close();
  });

  it('had nothing to complain about', () => {
    expect(site.complaints).toEqual([]);
  });
});

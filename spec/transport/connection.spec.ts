import { EMPTY, type Observable } from 'rxjs';
import { OpenMVError } from '../../lib/errors.js';
import { BaseConnection } from '../../lib/transport/connection.js';

class Cable extends BaseConnection {
  releases = 0;

  cut(): void {
    this.lose(new OpenMVError('LINK_LOST', 'the cable was cut'));
  }

  protected send(): Observable<never> {
    this.cut();
    return EMPTY;
  }

  protected release(): void {
    this.releases++;
  }
}

function codeOf(write: Observable<never>): string {
  let code = 'none';
  write.subscribe({ error: (error: OpenMVError) => (code = error.code) });
  return code;
}

describe('a connection that is lost', () => {
  it('reports the loss once, also if the report causes another one', () => {
    let losses = 0;
    const cable: Cable = new Cable('cable', () => {
      losses++;
      cable.cut();
      cable.write(Uint8Array.of(1));
    });
    cable.cut();
    expect({ losses, releases: cable.releases }).toEqual({ losses: 1, releases: 1 });
  });

  it('refuses a write that is made while the loss is reported', () => {
    let code = '';
    const cable: Cable = new Cable('cable', () => (code = codeOf(cable.write(Uint8Array.of(1)))));
    cable.cut();
    expect(code).toBe('LINK_LOST');
    expect(codeOf(cable.write(Uint8Array.of(1)))).toBe('LINK_LOST');
  });

  it('reports no loss after it was closed', () => {
    let losses = 0;
    const cable = new Cable('cable', () => losses++);
    cable.close();
    cable.cut();
    expect({ losses, releases: cable.releases }).toEqual({ losses: 0, releases: 1 });
  });
});

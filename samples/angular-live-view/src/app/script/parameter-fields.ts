import { ChangeDetectionStrategy, Component, computed, input, model } from '@angular/core';
import type { ScriptParameter } from 'openmv-rx';
import { declarationOf, type Typed } from './declared-parameters';

/** A field for each parameter of a script. */
@Component({
  selector: 'omv-parameter-fields',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset>
      <legend>Parameters</legend>
      @for (one of fields(); track one.declaration) {
        <label>
          <span class="mono">{{ one.name }}</span>
          @if (one.type === 'boolean') {
            <input
              #box
              type="checkbox"
              [checked]="typed()[one.declaration] ?? one.default"
              (change)="set(one.declaration, box.checked)"
            />
          } @else {
            <input
              #line
              type="text"
              autocomplete="off"
              [inputMode]="one.type === 'string' ? 'text' : one.type === 'integer' ? 'numeric' : 'decimal'"
              [value]="typed()[one.declaration] ?? one.default"
              (input)="set(one.declaration, line.value)"
            />
          }
          <small class="quiet">{{ one.description }}</small>
        </label>
      }
    </fieldset>
  `,
  styles: `
    fieldset {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
      gap: 0.75rem;
      min-width: 0;
      padding: 0.5rem 0 0;
      border: 0;
    }

    legend {
      padding: 0;
      font-weight: 600;
    }

    label {
      display: flex;
      flex-direction: column;
      gap: 0.2rem;
      min-width: 0;
    }

    input[type='checkbox'] {
      width: 1.25rem;
      height: var(--control);
    }
  `,
})
export class ParameterFields {
  readonly parameters = input.required<readonly ScriptParameter[]>();
  readonly typed = model.required<Typed>();
  protected readonly fields = computed(() =>
    this.parameters().map((parameter) => ({ ...parameter, declaration: declarationOf(parameter) })),
  );

  protected set(declaration: string, value: string | boolean): void {
    this.typed.update((typed) => ({ ...typed, [declaration]: value }));
  }
}

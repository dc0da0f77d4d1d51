import type { Widget } from 'openmv-rx/widgets';

/** What people are shown as a widget's name: SenML's base name belongs to it. */
export function fullName(widget: Widget): string {
  return (widget.type === 'malformed' ? '' : (widget.baseName ?? '')) + widget.name;
}

/** A widget with a key that stays its own when others come and go, also where two have one name. */
export interface KeyedWidget {
  readonly key: string;
  readonly widget: Widget;
}

export function keyed(widgets: readonly Widget[]): KeyedWidget[] {
  const seen = new Map<string, number>();
  return widgets.map((widget) => {
    const name = `${widget.type} ${fullName(widget)}`;
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { key: `${name} ${count}`, widget };
  });
}

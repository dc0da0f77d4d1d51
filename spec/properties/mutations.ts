/** Ways to spoil what a host has sent. Each gives new arrays; `other` is what may be spliced in. */
export function mutated(rows: readonly Uint8Array[], other: readonly Uint8Array[], random: () => number): Uint8Array[] {
  const below = (limit: number) => Math.floor(random() * limit);
  const result = rows.map((row) => row.slice());
  for (let times = 1 + below(8); times > 0; times--) {
    const at = below(result.length);
    const row = result[at]!;
    switch (below(8)) {
      case 0:
        if (row.length > 0) row[below(row.length)]! ^= 1 << below(8);
        break;
      case 1:
        row.fill(below(256), below(row.length + 1), below(row.length + 1));
        break;
      case 2:
        result[at] = row.slice(0, below(row.length + 1));
        break;
      case 3:
        result[at] = row.slice(below(row.length + 1));
        break;
      case 4:
        result.splice(at, 0, ...result.slice(at, at + 1 + below(4)).map((again) => again.slice()));
        break;
      case 5:
        result.splice(at, 1 + below(3), other[below(other.length)]!.slice());
        break;
      case 6:
        result[at] = Uint8Array.from([...row.slice(0, below(row.length + 1)), ...other[below(other.length)]!]);
        break;
      default: {
        const to = below(result.length);
        result[at] = result[to]!;
        result[to] = row;
      }
    }
  }
  return result;
}

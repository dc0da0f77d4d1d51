import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { linksOf, type Link } from './links.js';

const PAGE = 'docs/guarantees.md';
const text = readFileSync(PAGE, 'utf8');
const [promised = '', notPromised = ''] = text.split('## What is not guaranteed\n');

/** The points of a list, each with the lines that belong to it. */
const points = (list: string): string[] => list.split(/^- /m).slice(1);

/** The names of the tests of a spec, with what is put into them left out from its place on. */
function testsOf(path: string, source = readFileSync(path, 'utf8')): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    ts.forEachChild(node, look);
    if (!ts.isCallExpression(node)) return;
    const [name] = node.arguments;
    if (name === undefined || !/^(?:it|test|describe)\b/.test(node.expression.getText())) return;
    if (ts.isStringLiteralLike(name)) found.push(name.text.replaceAll('%%', '%'));
    if (ts.isTemplateExpression(name)) found.push(name.head.text);
  };
  look(ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true));
  return found;
}

/** Why a link is no proof, or nothing: it names a test of the spec that it leads to, or how the name of one begins. */
function unproven({ path, title = '' }: Link): string[] {
  if (!path.startsWith('spec/')) return [`${path} is no spec`];
  const proven = title.length > 12 && testsOf(path).some((name) => name.startsWith(title));
  return proven ? [] : [`${path} has no test '${title}'`];
}

describe('each guarantee', () => {
  it.each(points(promised).map((point) => [point.replace(/\s+/g, ' ').slice(0, 70), point]))(
    '%s… has a proof',
    (_, point) => {
      const proofs = linksOf(PAGE, point);
      expect(proofs).not.toEqual([]);
      expect(proofs.flatMap(unproven)).toEqual([]);
    },
  );

  it('is a point of a list, and there are many', () => {
    expect(points(promised).length).toBeGreaterThan(35);
    expect(points(notPromised).length).toBeGreaterThan(8);
  });

  it('is proven by what what is not guaranteed refers to, too', () => {
    const proofs = linksOf(PAGE, notPromised).filter(({ path }) => path.startsWith('spec/'));
    expect(proofs).toHaveLength(2);
    expect(proofs.flatMap(unproven)).toEqual([]);
  });
});

describe('a proof', () => {
  it('is none without a test of that name', () => {
    const at = (title: string, path = '../spec/host/channel/operation-queue.spec.ts') =>
      linksOf(PAGE, `[a](${path} '${title}')`)[0]!;
    expect(unproven(at('refuses the operation over 1024 that wait'))).toEqual([]);
    expect(unproven(at('refuses the operation over 1025 that wait'))).toHaveLength(1);
    expect(unproven(at('refuses'))).toHaveLength(1);
    expect(unproven(at('refuses the operation over 1024 that wait', 'guide/index.md'))).toHaveLength(1);
    expect(unproven(linksOf(PAGE, '[a](../spec/host/channel/operation-queue.spec.ts)')[0]!)).toHaveLength(1);
  });

  it('is found wherever a test is named', () => {
    const source = "describe('a', () => { it.each([[1, () => f('b')]])('c of %d', () => 1); it(`d ${1}`, g); });";
    expect(testsOf('a.spec.ts', source).sort()).toEqual(['a', 'c of %d', 'd ']);
  });
});

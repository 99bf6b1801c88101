import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Expression, type Node, type Program, parseSync, Visitor } from 'oxc-parser';

/** A reason that the sources give, with where. */
export interface GivenReason {
  reason: string;
  /** `FILE:LINE` */
  place: string;
}

const REASON = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/;
const TABLE_FOLDER = path.join('kernel', 'types', 'reasons');
const FOLDERS = ['kernel', 'modules', 'sdk'];

/**
 * The reasons in the sources below `root`: what stands under a property `reason`, or is the first argument of a
 * problem list's `error` and `warning`. A reason that comes by a constant is found where that is declared.
 */
export function reasonsIn(root: string): GivenReason[] {
  return FOLDERS.flatMap((folder) => sourcesBelow(path.join(root, folder))).flatMap((file) =>
    reasonsOf(file, path.relative(root, file)),
  );
}

/** Every text in the sources that has the form of a reason, wherever it stands. */
export function candidatesIn(root: string): Set<string> {
  const files = FOLDERS.flatMap((folder) => sourcesBelow(path.join(root, folder)));
  const outside = files.filter((file) => !file.includes(TABLE_FOLDER));
  const texts = outside.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/'([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)'/g),
  ]);
  return new Set(texts.map(([, reason = '']) => reason));
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourcesBelow(full);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [full] : [];
  });
}

function reasonsOf(file: string, name: string): GivenReason[] {
  const text = readFileSync(file, 'utf8');
  const { program } = parseSync(file, text);
  const found: GivenReason[] = [];
  const add = (node: Node): void => {
    for (const { value, start } of literalsIn(node)) {
      const line = text.slice(0, start).split('\n').length;
      found.push({ reason: value, place: `${name}:${line}` });
    }
  };
  visit(program, add);
  return found;
}

function visit(program: Program, add: (node: Node) => void): void {
  new Visitor({
    Property({ key, value }) {
      if (key.type === 'Identifier' && key.name === 'reason') add(value);
    },
    CallExpression({ callee, arguments: given }) {
      const [first] = given;
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      if (['error', 'warning'].includes(callee.property.name) && first?.type === 'Literal')
        add(first);
    },
    VariableDeclarator({ init }) {
      if (init?.type === 'Literal' || init?.type === 'TSAsExpression') add(init);
    },
  }).visit(program);
}

/** The reasons that an expression can yield: a literal, or the branches of a condition. */
function literalsIn(node: Node | Expression): { value: string; start: number }[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' && REASON.test(node.value)
        ? [{ value: node.value, start: node.start }]
        : [];
    case 'ConditionalExpression':
      return [...literalsIn(node.consequent), ...literalsIn(node.alternate)];
    case 'TSAsExpression':
      return literalsIn(node.expression);
    default:
      return [];
  }
}

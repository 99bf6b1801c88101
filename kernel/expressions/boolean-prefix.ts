// The parser reads the literal in names like `false_positives` or `trueish` and then stumbles over the rest of them
// (its grammar does not ask that a literal ends there, as it does for `null` and `in`).
import { type Expr, nodesOf } from './ast.ts';
import { endOfString } from './scanner.ts';

const NEXT_PART = /["']|\/\/[^\r\n]*|\b(?:true|false)\w+/g;
const CAPITALS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

type Message = Extract<Expr['exprKind'], { case: 'structExpr' }>['value'];

/** An expression whose names do not begin with a literal, and the way back. */
interface Disguised {
  /** As long as the source, part by part. */
  text: string;
  /** Gives the names in a tree that was parsed from `text` back, in place. */
  restore(root: Expr): void;
}

/** Writes names that begin with `true` or `false` so that the parser reads them; strings stay what they are. */
export function disguiseNames(source: string): Disguised {
  if (!source.includes('true') && !source.includes('false'))
    return { text: source, restore: () => {} };
  const names = new Map<string, string>();
  let text = '';
  let position = 0;
  for (const part of partsOf(source)) {
    const disguise = disguiseOf(part.name, source);
    names.set(disguise, part.name);
    text += source.slice(position, part.offset) + disguise;
    position = part.offset + part.name.length;
  }
  return { text: text + source.slice(position), restore: (root) => restoreNames(root, names) };
}

function* partsOf(source: string): Generator<{ name: string; offset: number }> {
  const pattern = new RegExp(NEXT_PART);
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    const [found] = match;
    if (found === '"' || found === "'") pattern.lastIndex = endOfString(source, match.index);
    else if (!found.startsWith('//')) yield { name: found, offset: match.index };
  }
}

/** The name with another first letter, such that the source has no name like it; itself where there is none. */
function disguiseOf(name: string, source: string): string {
  const candidates = CAPITALS.map((capital) => capital + name.slice(1));
  return candidates.find((candidate) => !source.includes(candidate)) ?? name;
}

function restoreNames(root: Expr, names: Map<string, string>): void {
  const nameOf = (name: string) => names.get(name) ?? name;
  for (const { exprKind } of nodesOf(root)) {
    if (exprKind.case === 'identExpr') exprKind.value.name = nameOf(exprKind.value.name);
    if (exprKind.case === 'selectExpr') exprKind.value.field = nameOf(exprKind.value.field);
    if (exprKind.case === 'callExpr') exprKind.value.function = nameOf(exprKind.value.function);
    if (exprKind.case === 'comprehensionExpr') {
      exprKind.value.iterVar = nameOf(exprKind.value.iterVar);
      exprKind.value.iterVar2 = nameOf(exprKind.value.iterVar2);
    }
    if (exprKind.case === 'structExpr') restoreMessage(exprKind.value, nameOf);
  }
}

/** `Name{field: value}`, which no playbook can make: its names stand in what is said of it. */
function restoreMessage(message: Message, nameOf: (name: string) => string): void {
  message.messageName = message.messageName.split('.').map(nameOf).join('.');
  for (const { keyKind } of message.entries) {
    if (keyKind.case === 'fieldKey') keyKind.value = nameOf(keyKind.value);
  }
}

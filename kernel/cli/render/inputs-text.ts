import { isJsonObject, type Json, type JsonObject } from '../../types/json.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';
import { tableRows } from './table.ts';

const LONGEST_VALUE = 60;

/** What a playbook says of itself to whoever runs it; of one that has mistakes, what can be read. */
export function inputsToText(playbook: JsonObject, style: Style): string {
  const { name, description, inputs, vars } = playbook;
  const parts = [
    [textOf(name), textOf(description)].filter((text) => text !== '').join(': '),
    section('Inputs', isJsonObject(inputs) ? Object.entries(inputs).map(inputRow) : [], style),
    section('Vars', isJsonObject(vars) ? Object.entries(vars).map(varRow) : [], style),
  ].filter((part) => part !== '');
  if (parts.length < 2) parts.push('It takes nothing that --var could set.');
  return `\n${style.strong('Playbook')} ${parts.join('\n\n')}\n`;
}

function section(title: string, rows: string[][], style: Style): string {
  if (rows.length === 0) return '';
  const printed = rows.map((row) => row.map(printableLine));
  return [`${style.strong(title)} (--var NAME=VALUE):`, ...tableRows(printed, '  ')].join('\n');
}

function inputRow([name, declared]: [string, Json]): string[] {
  const { type, default: fallback, description } = isJsonObject(declared) ? declared : {};
  const need = fallback === undefined ? 'required' : `default ${valueText(fallback)}`;
  return [name, textOf(type) || 'any', need, textOf(description)];
}

function varRow([name, value]: [string, Json]): string[] {
  return [name, `default ${valueText(value)}`];
}

function valueText(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? printableLine(value.trim()) : '';
}

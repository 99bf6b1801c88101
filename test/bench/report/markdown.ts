import type { Comparison, Row, Unit } from '../measure.ts';
import type { Summary } from '../sampling.ts';
import type { Report } from './report.ts';

/** The report as Markdown: where and when, then one line per row. */
export function toMarkdown(report: Report): string {
  const head = ['measure', 'ORK, median', 'from – to', 'beside it: median (ORK ÷ it)', 'aim'];
  const lines = [head, head.map(() => '---'), ...report.rows.map(cellsOf)];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${preface(report)}\n\n${table}\n`;
}

function preface({ machine, ...report }: Report): string {
  const { cpu, cores, memoryGiB, kernel, node, load } = machine;
  return [
    `\`${report.command}\` at ${report.commit}, ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC,`,
    `in ${Math.round(report.seconds)} s; \`ork\` started from ${report.startedFrom}.`,
    `${cores} cores of ${cpu}, ${memoryGiB} GiB, ${kernel}, Node ${node}, load ${load.toFixed(1)} before it.`,
  ].join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, unit, ork, others, aim, note } = row;
  const compared = others.map((other) => comparison(other, unit));
  if (note !== undefined) compared.push(note);
  return [
    what,
    `**${quantity(ork.median, unit)}**`,
    spread(ork),
    compared.join('; '),
    aim === undefined ? '' : `${aim.text}: ${aim.reached ? 'reached' : '**missed**'}`,
  ];
}

function spread({ min, max, samples }: Summary): string {
  return samples.length > 1 ? `${figure(min)} – ${figure(max)}` : 'once';
}

function comparison({ name, median, ratio }: Comparison, unit: Unit): string {
  return `${name}: ${quantity(median, unit)} (${figure(ratio)} ×)`;
}

function quantity(value: number, unit: Unit): string {
  return `${figure(value)} ${unit}`;
}

/** Three digits that count, and no more of them than that where it is large. */
function figure(value: number): string {
  if (value >= 100) return Number(value.toPrecision(3)).toLocaleString('en');
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

import { CODE_TABLE } from '../../kernel/types/error-codes.ts';
import { ERROR_TABLE } from '../../kernel/types/error-table.ts';

const HEAD = `# Errors

Every error has a **code**, which decides what happens next, a **reason**, which says more, a message, and mostly a hint.
Text output shows all four; JSON has them as \`code\`, \`reason\`, \`message\`, \`hint\`. Findings of \`ork validate\` have a reason, a place, and are errors or warnings.
This page is made from the table in \`kernel/types/\`: \`node scripts/errors/main.ts\` writes it anew.

## Codes

\`retry\`: whether a retry policy that says nothing of \`on\` tries again.

`;

/** The page `docs/errors.md`, from the table. */
export function errorsPage(): string {
  const codes = Object.entries(CODE_TABLE).map(([code, { meaning, rpcStatus, retried }]) => [
    `\`${code}\``,
    meaning,
    `\`${rpcStatus}\``,
    retried ? 'yes' : 'no',
  ]);
  const sections = ERROR_TABLE.map(({ title, reasons }) => {
    const rows = Object.entries(reasons).map(([reason, { code, meaning, advice, exitCode }]) => [
      `\`${reason}\``,
      code,
      String(exitCode ?? (code === 'warning' ? 0 : 1)),
      meaning,
      advice,
    ]);
    return `## ${title}\n\n${table(['reason', 'code', 'exit', 'what has happened', 'what to do'], rows)}`;
  });
  const foreign =
    'Errors of the operating system have the reason `io.` with the name of the error in lower case, `io.enospc` for a full disk.\n';
  return `${HEAD}${table(['code', 'meaning', 'gRPC status', 'retry'], codes)}\n${sections.join('\n')}\n${foreign}`;
}

function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(first), rule, ...rest.map(line)].join('\n')}\n`;
}

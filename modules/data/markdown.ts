/** One row of a Markdown table. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

/** The line between a table's heading and its rows. */
export function markdownRule(columns: number): string {
  return `|${' --- |'.repeat(columns)}`;
}

/** A cell is one line, and `|` would end it; a backslash before it would undo the escape. */
function escapeCell(cell: string): string {
  return cell
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/\r\n|\r|\n/g, '<br>');
}

/**
 * One line of CSV, quoted as RFC 4180 has it. Cells that a spreadsheet would take for a formula
 * (`=…`) are not changed: that would alter the data for every other reader.
 */
export function csvLine(cells: readonly string[], delimiter = ','): string {
  // A single empty cell would be an empty line, which readers skip.
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells.map((cell) => quote(cell, delimiter)).join(delimiter);
}

function quote(cell: string, delimiter: string): string {
  const isPlain = !/["\r\n]/.test(cell) && !cell.includes(delimiter);
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}
